"""What is handed over: a run, its dossier and its registry in one archive that anybody can check."""
