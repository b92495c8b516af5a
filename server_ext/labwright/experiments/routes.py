"""Routes of experiments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.experiments import mlflow_proxy, mlflow_rest
from labwright.experiments.models import Tracking
from labwright.service import auth
from labwright.service.capability import Capability
from labwright.service.context import Context

router = APIRouter(prefix="/experiments", tags=["experiments"])
In = Annotated[Context, Depends(auth.context)]


@router.get("/tracking")
def tracking(context: In) -> Tracking:
    """Where kernels log to."""
    return Tracking(uri=f"{context.url}/mlflow")


def close(context: Context) -> None:
    """End MLflow with the service."""
    mlflow_rest.server(context).close()


both = APIRouter()
both.include_router(router)
both.include_router(mlflow_proxy.router)
capability = Capability(name="experiments", router=both, close=close)
