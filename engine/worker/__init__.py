"""The engine process: a socket for commands and a thread that trains; the screens' way to it; and headless."""
