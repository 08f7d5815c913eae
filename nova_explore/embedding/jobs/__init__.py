"""Jobs on Amazon Bedrock for a library: asked for once, found again by any later process, every answer stored.

``ledger``
    How the service is asked with patience, and how what comes is kept.
``segments``
    Long media, one asynchronous job each.
``records``
    Many items, as batch jobs.
``plan``
    Which item goes by which path.
``by_jobs``
    One call for all of it.
"""

from nova_explore.embedding.job_table import JobTable
from nova_explore.embedding.jobs.by_jobs import collect_jobs, embed_by_jobs, estimate_jobs, list_jobs, stop_jobs
from nova_explore.embedding.jobs.ledger import Outcome, Service

__all__ = ["JobTable", "Outcome", "Service", "collect_jobs", "embed_by_jobs", "estimate_jobs", "list_jobs", "stop_jobs"]
