DROP INDEX "todos_completed_id";--> statement-breakpoint
CREATE INDEX "todos_completed" ON "todos" USING btree ("id") WHERE "todos"."completed";--> statement-breakpoint
CREATE INDEX "todos_open" ON "todos" USING btree ("id") WHERE not "todos"."completed";