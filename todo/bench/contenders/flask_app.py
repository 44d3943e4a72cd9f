"""The stack that the idea of this platform started with: Flask and SQLAlchemy, run by gunicorn."""

import os

from flask import Flask, jsonify, request
from sqlalchemy import BigInteger, Boolean, Column, Integer, Text, create_engine
from sqlalchemy.orm import declarative_base, scoped_session, sessionmaker

url = os.environ["DATABASE_URL"].replace("postgres://", "postgresql+psycopg2://", 1)
Session = scoped_session(sessionmaker(bind=create_engine(url, pool_size=10)))
Base = declarative_base()


class Todo(Base):
    __tablename__ = "todos"
    id = Column(BigInteger, primary_key=True)
    title = Column(Text, nullable=False)
    completed = Column(Boolean, nullable=False, default=False)
    position = Column(Integer)
    version = Column(Integer, nullable=False, default=1)

    def represent(self):
        return {
            "id": self.id,
            "title": self.title,
            "completed": self.completed,
            "order": self.position,
            "url": f"{request.host_url}todos/{self.id}",
        }


app = Flask(__name__)


@app.teardown_appcontext
def end_session(_error):
    Session.remove()


@app.get("/readyz")
def readyz():
    return "ok"


@app.get("/todos/<int:todo_id>")
def read_one(todo_id):
    todo = Session.get(Todo, todo_id)
    return jsonify(todo.represent()) if todo else ("", 404)


@app.get("/todos")
def read_list():
    limit = int(request.args.get("limit", 100))
    return jsonify([todo.represent() for todo in Session.query(Todo).order_by(Todo.id).limit(limit)])


@app.post("/todos")
def create():
    todo = Todo(title=request.json["title"])
    Session.add(todo)
    Session.commit()
    return jsonify(todo.represent()), 201


@app.patch("/todos/<int:todo_id>")
def update(todo_id):
    todo = Session.get(Todo, todo_id)
    if not todo:
        return "", 404
    todo.completed = request.json["completed"]
    todo.version += 1
    Session.commit()
    return jsonify(todo.represent())
