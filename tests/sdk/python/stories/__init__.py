"""The stories, one file per subject."""
