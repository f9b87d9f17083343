"""Words to people. It hears events; nobody calls it."""
