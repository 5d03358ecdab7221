"""The advisor: from facts about a dataset and a network to settings, with the reasons."""

from tlstudio.core.advice.advice import (
    CASE_TITLES,
    TOPIC_TITLES,
    Advice,
    AdviceCase,
    AdviceFacts,
    AdviceItem,
    AdviceTopic,
)
from tlstudio.core.advice.advise import advise
from tlstudio.core.advice.similarity import Similarity, similarity_of

__all__ = [
    "CASE_TITLES",
    "TOPIC_TITLES",
    "Advice",
    "AdviceCase",
    "AdviceFacts",
    "AdviceItem",
    "AdviceTopic",
    "Similarity",
    "advise",
    "similarity_of",
]
