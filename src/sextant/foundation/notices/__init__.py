"""Notices 通知: what people are told, on which channel, and whether it arrived."""
