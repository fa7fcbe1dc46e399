"""What people see, one screen per file; each asks the services and says their answers in words."""
