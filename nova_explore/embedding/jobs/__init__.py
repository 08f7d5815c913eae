"""Jobs on Amazon Bedrock for a library: asked for once, found again by any later process, every answer stored.

``ledger``
    Where a library remembers its jobs, and how the service is asked with patience.
``segments``
    Long media, one asynchronous job each.
``records``
    Many items, as batch jobs.
``run``
    One call for all of it.
"""

from nova_explore.embedding.jobs.by_jobs import collect_jobs, embed_by_jobs, estimate_jobs, list_jobs, stop_jobs
from nova_explore.embedding.jobs.ledger import JobTable, Outcome, Service

__all__ = ["JobTable", "Outcome", "Service", "collect_jobs", "embed_by_jobs", "estimate_jobs", "list_jobs", "stop_jobs"]
