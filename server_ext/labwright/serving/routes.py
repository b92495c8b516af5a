"""Routes of serving."""

from __future__ import annotations

from fastapi import APIRouter

from labwright.service.capability import Capability

router = APIRouter(prefix="/serving", tags=["serving"])

capability = Capability(name="serving", router=router)
