"""Routes of features."""

from __future__ import annotations

from fastapi import APIRouter

from labwright.service.capability import Capability

router = APIRouter(prefix="/features", tags=["features"])

capability = Capability(name="features", router=router)
