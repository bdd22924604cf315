"""Use cases: register, search, deploy, replace, predict, report, assess."""
