"""Routes of experiments."""

from __future__ import annotations

from fastapi import APIRouter

from labwright.service.capability import Capability

router = APIRouter(prefix="/experiments", tags=["experiments"])

capability = Capability(name="experiments", router=router)
