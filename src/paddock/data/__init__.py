"""From annotators' folders to the prepared layout that training reads."""
