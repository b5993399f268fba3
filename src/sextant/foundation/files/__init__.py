"""Files people attach: photos, screenshots, documents.

Kept once by their content, in a folder of the installation. This app knows what a file is, not who may see it: the app
that attaches a file keeps a reference and its name, decides in its own `access.py`, and answers with `responses.send`.
"""
