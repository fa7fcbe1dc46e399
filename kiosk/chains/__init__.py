"""Outside chains: what tokens are sent over. Of the kiosk they know no more than batches."""
