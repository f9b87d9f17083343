"""`make run`: one command that keeps Redis, web, worker and sweeper going on one machine."""
