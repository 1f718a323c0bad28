"""What people write in files of YAML, read strictly: plain text as data, and every mistake with its line and key."""
