"""The sample, made by calling the same commands as the web forms."""
