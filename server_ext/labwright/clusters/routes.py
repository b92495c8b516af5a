"""Routes of clusters."""

from __future__ import annotations

from fastapi import APIRouter

from labwright.service.capability import Capability

router = APIRouter(prefix="/clusters", tags=["clusters"])

capability = Capability(name="clusters", router=router)
