"""The routes, by what they are about; `app.py` lists them."""
