"""What a health check of a dataset finds, as values; pure, and stored beside the studio's files."""

from tlstudio.core.health.finding import Finding, HealthProgressed, HealthReport, SkippedCheck
from tlstudio.core.health.kinds import FINDING_KINDS, SEVERITY_TITLES, FindingKind, Severity
from tlstudio.core.health.remedies import REMEDIES, Remedy

__all__ = [
    "FINDING_KINDS",
    "REMEDIES",
    "SEVERITY_TITLES",
    "Finding",
    "FindingKind",
    "HealthProgressed",
    "HealthReport",
    "Remedy",
    "Severity",
    "SkippedCheck",
]
