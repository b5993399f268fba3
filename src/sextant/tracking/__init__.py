"""过程跟踪: what follows when a light turns: conversations, reviews, help, promises of service."""
