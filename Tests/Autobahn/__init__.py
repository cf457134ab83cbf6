"""The Autobahn WebSocket suite against the gallery's `/echo`."""
