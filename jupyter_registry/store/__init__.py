"""Tables, engine, migrations and artifact storage."""
