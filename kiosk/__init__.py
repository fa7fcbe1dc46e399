"""The event kiosk: tickets, doors, tills and wallets in a text terminal."""
