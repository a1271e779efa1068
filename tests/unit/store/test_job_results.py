"""What several workers make at once is listed as a whole, and none waits for another for ever."""

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from threading import Barrier

from jobs import job_home
from xiangsheng.core.job import JobCheckpoint, JobState
from xiangsheng.core.model import TunedModel
from xiangsheng.core.rendering import Rendering
from xiangsheng.store.job_leases import Claim, Owner
from xiangsheng.store.job_results import Made, keep_checkpoint, succeed
from xiangsheng.store.job_rows import Said

WORKERS, STEPS = 6, 8


def test_workers_that_end_and_keep_at_once_keep_everything(
    tmp_path: Path, tables: dict[str, str]
) -> None:
    with job_home(tmp_path, tables) as home:
        together = Barrier(WORKERS)
        workspace, clock = home.workspace, home.time.clock()

        def made(claim: Claim, name: str) -> Made:
            """Those of one step are twins, which share a folder."""
            place, content = workspace.home.models / f".making-{name}", name.partition("-")[2]
            place.mkdir()
            (place / "weights").write_text(content)
            digest = sha256(content.encode()).hexdigest()
            return Made(TunedModel(name, claim.job.spec.base, digest, Rendering()), place)

        def work(number: int) -> None:
            together.wait()
            claim = workspace.leases(clock).claim(Owner(f"machine {number}", "cpu", "1"))
            assert claim
            job = claim.job.id
            for step in range(1, STEPS + 1):
                kept = made(claim, f"{job}-{step}")
                noted = JobCheckpoint(job, step, 0, kept.model.name, {})
                said = [Said(f"Checkpoint {step}")]
                keep_checkpoint(workspace, clock, claim, kept, checkpoint=noted, said=said)
                workspace.models.delete(f"{job}-{step - 1}")
            result = workspace.files.draft(f"{job}.csv", "x", [], new_id=f"file-{job}", now=0)
            whole = made(claim, job)
            succeed(workspace, clock, claim, whole, result=result, said=[Said("done")])

        jobs = [home.job() for _ in range(WORKERS)]
        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(work, range(WORKERS)))
        for job in jobs:
            assert home.state(job) is JobState.SUCCEEDED
            assert home.told(job)[-1] == "done"
            assert len(home.jobs.table.checkpoints(job.id)) == STEPS
        names = {model.name for model in workspace.models.all()}
        assert names == {name for job in jobs for name in (job.id, f"{job.id}-{STEPS}")}
        folders = {path.name for path in workspace.home.models.iterdir()}
        assert folders == {model.digest for model in workspace.models.all()}
