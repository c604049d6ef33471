"""The usual way: FastAPI, pydantic bodies, SQLAlchemy's ORM on SQLite (WAL, FULL).  Runs among the peers: FILE PORT JOBS."""

import json
import sys
import uuid
from datetime import UTC, datetime
from typing import Any

import uvicorn
from fastapi import Depends, FastAPI, Header, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

PATH, PORT, JOBS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
NAMES = [f"shop-{n}" for n in range(5)]
SKUS = [f"{n:05}" for n in range(25)]


class Base(DeclarativeBase):
    pass


class Key(Base):
    __tablename__ = "api_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(unique=True)


class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[str] = mapped_column(primary_key=True)
    status: Mapped[str]
    open_n: Mapped[int]
    found_n: Mapped[int] = mapped_column(default=0)
    tasks: Mapped[list["Task"]] = relationship(back_populates="job")


class Task(Base):
    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("job_id", "sku", "scraper"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id"), index=True)
    sku: Mapped[str]
    scraper: Mapped[str]
    state: Mapped[str] = mapped_column(default="ready")
    ended_at: Mapped[datetime | None]
    job: Mapped[Job] = relationship(back_populates="tasks")
    result: Mapped["Result | None"] = relationship(back_populates="task")


class Result(Base):
    __tablename__ = "results"
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    outcome: Mapped[str]
    data: Mapped[str]
    received_at: Mapped[datetime]
    task: Mapped[Task] = relationship(back_populates="result")


class Product(Base):
    __tablename__ = "products"
    sku: Mapped[str] = mapped_column(primary_key=True)
    scraper: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str | None]
    price: Mapped[float | None]
    seen_at: Mapped[datetime]


class Observation(Base):
    __tablename__ = "observations"
    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    scraper: Mapped[str]
    price: Mapped[float | None]
    data: Mapped[str]
    observed_at: Mapped[datetime]


class Found(BaseModel, extra="allow"):
    price: float | None = None
    title: str | None = None
    url: str | None = None
    scraped_at: datetime | None = None


class Results(BaseModel):
    skus_processed: int | None = None
    scrapers_run: list[str] | None = None
    data: dict[str, dict[str, Found]] = {}


class Callback(BaseModel):
    job_id: uuid.UUID
    status: str
    runner_name: str | None = None
    error_message: str | None = None
    results: Results | None = None


class Answer(BaseModel):
    success: bool
    stored: int


engine = create_engine(f"sqlite:///{PATH}")
Sessions = sessionmaker(engine)


@event.listens_for(engine, "connect")
def durable(connection: Any, _: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=60000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def session():
    with Sessions() as opened:
        yield opened


app = FastAPI()


@app.post("/callback", response_model=Answer)
def callback(body: Callback, db: Session = Depends(session), x_api_key: str = Header()) -> Any:
    if db.scalar(select(Key).where(Key.secret == x_api_key)) is None:
        raise HTTPException(401)
    job = db.get(Job, str(body.job_id))
    if job is None:
        raise HTTPException(404)
    now, stored = datetime.now(UTC), 0
    tasks = {(task.sku, task.scraper): task for task in job.tasks}
    for sku, by_scraper in (body.results.data if body.results else {}).items():
        for scraper, found in by_scraper.items():
            task = tasks.get((sku, scraper))
            if task is None or task.result is not None:
                continue
            data = json.dumps(found.model_dump(mode="json"))
            task.result = Result(outcome="found", data=data, received_at=now)
            task.state, task.ended_at = "succeeded", now
            product = db.get(Product, (sku, scraper))
            if product is None:
                db.add(Product(sku=sku, scraper=scraper, title=found.title, price=found.price, seen_at=now))
            else:
                product.title, product.price, product.seen_at = found.title, found.price, now
            db.add(Observation(sku=sku, scraper=scraper, price=found.price, data=data, observed_at=now))
            stored += 1
    job.open_n -= stored
    job.found_n += stored
    job.status = body.status
    db.commit()
    return Answer(success=True, stored=stored)


Base.metadata.create_all(engine)
with Sessions() as first:
    first.add(Key(secret="bench"))
    for number in range(JOBS):
        tasks = [Task(sku=sku, scraper=name) for sku in SKUS for name in NAMES]
        first.add(Job(id=str(uuid.UUID(int=number)), status="pending", open_n=len(tasks), tasks=tasks))
    first.commit()
uvicorn.run(app, port=PORT, log_level="warning", timeout_keep_alive=60)
