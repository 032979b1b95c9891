"""A real JupyterLab in a real Chromium, used as its users do."""
