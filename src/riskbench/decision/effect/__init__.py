"""What changes when one bundle takes the place of another."""
