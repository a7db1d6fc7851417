"""Webhooks: what needs neither service nor storage."""
