"""Browser: people walking the product in Chromium by what they can see."""
