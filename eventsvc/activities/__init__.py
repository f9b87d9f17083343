"""Plan, approval, publishing, and the history of every move."""
