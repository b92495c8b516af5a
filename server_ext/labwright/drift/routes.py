"""Routes of drift."""

from __future__ import annotations

from fastapi import APIRouter

from labwright.service.capability import Capability

router = APIRouter(prefix="/drift", tags=["drift"])

capability = Capability(name="drift", router=router)
