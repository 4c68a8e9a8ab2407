"""Stations at work: the server holds their ports, understands what they read, and acts on the floor in their name."""
