"""HTTP, in the app's own process: webhooks come in, and the sandbox provider shows its pay page."""
