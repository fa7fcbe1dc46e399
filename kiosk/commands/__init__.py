"""What `kiosk` does besides running the app: one module per command."""
