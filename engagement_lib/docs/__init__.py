"""Pages made from the declarations: nobody writes them, so they cannot be wrong."""
