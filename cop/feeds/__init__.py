"""MQTT session, topics, adapters (one file per format), the feed loop, the outbox."""
