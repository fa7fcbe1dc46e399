"""Outside chains: what tokens are sent over. They know nothing of the kiosk but its batches."""
