"""The versions that are loaded, and how the calls are spread over them.

What lasts is in config.json. An order may differ from it for a while only: it has a lease that must be renewed, and a
canary may have a guard; when the lease runs out, or the guard trips, the calls go as config.json says again, at once
and without anybody's help. So a canary never outlives the service that steps it.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import asdict, replace
from typing import Any

from labwright.serving.folder import Config, EndpointFolder
from labwright.serving.plane.asking import Asker
from labwright.serving.plane.pool import Pool, Tuning
from labwright.serving.plane.spawn import ModelProcess
from labwright.serving.plane.traffic import Share, Traffic
from labwright.serving.plane.trial import Trial

log = logging.getLogger(__name__)
AGAIN_SECONDS = 1.0
GONE = "its files are not there; promote it again"


class Versions:
    """Pools by their version, and the traffic that the asker has."""

    def __init__(self, folder: EndpointFolder, asker: Asker) -> None:
        self.pools: dict[str, Pool] = {}
        self._folder, self._asker, self._figures = folder, asker, asker.figures
        self._settings = folder.config().settings
        self._lacking: dict[str, str] = {}  # version → why it could not even be begun to load
        self._trial = Trial(asker, self.fall_back)

    def fall_back(self) -> None:
        """Spread the calls as config.json says; what it names and is not loaded, is loaded now, each by itself."""
        try:
            config = self._folder.config()
        except (OSError, ValueError, TypeError):
            log.exception("config.json cannot be read; trying again")
            asyncio.get_running_loop().call_later(AGAIN_SECONDS, self.fall_back)
            return
        self._trial.end()
        for version, digest in _named(config).items():
            if version not in self.pools:
                self._try(version, digest)
        weights = {one["version"]: float(one["percent"]) for one in config.others if not one["shadow"]}
        if config.version is not None:
            weights = {config.version: round(100 - sum(weights.values()), 6), **weights}
        shadow = next((one["version"] for one in config.others if one["shadow"] and one["version"] in self.pools), None)
        there = {version: percent for version, percent in weights.items() if version in self.pools and percent > 0}
        self._asker.traffic = self._traffic(config, there, None, shadow)

    def spread(self, order: dict[str, Any]) -> str | None:
        """Spread the calls as an order says, by one swap. Gives in words why not, when it cannot be.

        {"weights": {version: percent}, "canary", "shadow", "lease": seconds, "guard": {max_error_rate,
        max_latency_ratio, min_latency_increase_ms}, "operation"}: all but the weights may be left out. An operation's
        canary that was taken back is not taken up again.
        """
        config, canary, operation = self._folder.config(), order.get("canary"), order.get("operation")
        weights = {str(version): float(percent) for version, percent in order["weights"].items() if percent > 0}
        if operation in self._trial.trips:
            return self._trial.trips[operation].words
        for version in [*weights, *([order["shadow"]] if order.get("shadow") else [])]:
            pool = self.pools.get(version)
            if pool is None or (pool.state == "failed" and version not in _named(config)):
                return f"Version {version} is not loaded."
        if not weights:
            return "No version has a share of the calls."
        if canary is not None and canary not in weights:
            return f"The canary, version {canary}, has no share."
        self._asker.traffic = traffic = self._traffic(config, weights, canary, order.get("shadow"))
        self._trial.begin(order, traffic.live.version if traffic.live else None)
        return None

    def tripped(self, operation: str | None) -> bool:
        """Whether the guard took back this operation's canary."""
        return operation in self._trial.trips

    async def load(self, version: str, digest: str, ahead: ModelProcess | None) -> dict[str, Any]:
        """Load a version; gives when it is ready, or says why it is not. What config.json names is kept even so."""
        named = version in _named(self._folder.config())
        found = self.pools.get(version)
        if found is None or found.digest != digest or (found.state == "failed" and not named):
            try:
                await self._replace(version, digest, ahead)
            except (OSError, ValueError):
                return {"ready": False, "message": GONE}
            found = self.pools[version]
        elif ahead is not None:
            await ahead.end()
        await found.settled()
        if found.state == "ready":
            return {"ready": True, "load_seconds": found.load_seconds}
        words = found.message
        if not named:
            await self.unload(version)
        return {"ready": False, "message": words}

    async def unload(self, version: str) -> bool:
        """End a version's processes, unless config.json names it; what it was asked already is answered first."""
        if version in _named(self._folder.config()) or version not in self.pools:
            return False
        if self._asker.traffic.role(version) is not None:
            self.fall_back()
        pool = self.pools.pop(version)
        if not self._trial.failed(version):
            await pool.drain()  # what a bad canary still has in hand, another version answers
        await pool.stop()
        return True

    def tune(self) -> None:
        """Obey the settings that config.json has now: no request fails."""
        config = self._folder.config()
        self._settings = config.settings
        for pool in self.pools.values():
            pool.tune(Tuning.of(config))
        sticky = config.settings.get("sticky")
        self._asker.traffic = replace(self._asker.traffic, sticky=sticky.lower() if sticky else None)
        self._asker.log.apply(config.settings.get("log"))

    async def close(self) -> None:
        """End all."""
        self._trial.end()
        await asyncio.gather(*(pool.stop() for pool in self.pools.values()))

    def status(self) -> dict[str, Any]:
        """What answers, and how each version stands."""
        traffic, left = self._asker.traffic, self._trial.left
        weights = {share.pool.version: share.weight for share in traffic.shares}
        return {
            "traffic": {
                "weights": weights,
                "canary": traffic.canary.version if traffic.canary else None,
                "shadow": traffic.shadow.version if traffic.shadow else None,
                "lease": None if left is None else round(left, 3),
            },
            "trips": {operation: asdict(trip) for operation, trip in self._trial.trips.items()},
            "lacking": self._lacking,
            "settings": self._settings,
            "versions": {version: self._facts(pool) for version, pool in self.pools.items()},
        }

    def _facts(self, pool: Pool) -> dict[str, Any]:
        role, percent = self._asker.traffic.role(pool.version) or (None, 0.0)
        whole = self._figures.since_start(pool.version)
        return {
            "digest": pool.digest, "state": pool.state, "message": pool.message, "processes": pool.processes,
            "pids": pool.pids, "load_seconds": pool.load_seconds, "role": role, "percent": percent,
            "calls": whole.calls, "errors": whole.errors, "p50_ms": self._figures.over(pool.version, 60.0).p50_ms,
        }  # fmt: skip

    def _traffic(self, config: Config, weights: dict[str, float], canary: str | None, shadow: str | None) -> Traffic:
        roles = {config.version: "live", canary: "canary"}
        shares = [Share(self.pools[one], percent, roles.get(one, "share")) for one, percent in weights.items()]
        sticky = config.settings.get("sticky")
        copied = self.pools[shadow] if shadow is not None else None
        if copied is not self._asker.traffic.shadow:
            self._asker.copies.forget()
        return Traffic(tuple(shares), copied, sticky.lower() if sticky else None)

    def _try(self, version: str, digest: str) -> None:
        """Begin to load what config.json names; one whose files are gone does not hold up the others."""
        try:
            self._make(version, digest)
        except (OSError, ValueError):
            log.warning("version %s: %s", version, GONE)
            self._lacking[version] = GONE

    def _make(self, version: str, digest: str, ahead: ModelProcess | None = None) -> None:
        tuning = Tuning.of(self._folder.config())
        self.pools[version] = Pool(self._folder, version, digest, tuning, ahead, self._figures.batch)
        self._lacking.pop(version, None)

    async def _replace(self, version: str, digest: str, ahead: ModelProcess | None) -> None:
        old = self.pools.get(version)
        self._make(version, digest, ahead)
        if old is not None:
            if self._asker.traffic.role(version) is not None:
                self.fall_back()
            await old.stop()


def _named(config: Config) -> dict[str, str]:
    """Version → digest of all that config.json names."""
    live = {config.version: config.digest} if config.version and config.digest else {}
    return live | {one["version"]: one["digest"] for one in config.others}
