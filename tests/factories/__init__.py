"""Things that tests need, made by the same commands as the doors use where there is one."""
