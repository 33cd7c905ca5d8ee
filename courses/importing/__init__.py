"""Deliveries of providers become courses: read (adapters) → gather (bundles) → plan → apply. See courses/README.md."""
