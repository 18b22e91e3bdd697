-- What the first version had otherwise: undoes each step of `upgrades` in core/store.c, the latest first. A new step brings its line here.
DROP TABLE deadlines_ended; -- 7
DROP INDEX outbox_next; DROP INDEX outbox_state; CREATE INDEX outbox_next ON outbox (state, next_ms); -- 6
DROP TABLE rules_proofs; -- 5
DROP TABLE rules_candidates; -- 4
DROP INDEX deadlines_at; CREATE INDEX deadlines_at ON deadlines (at_ms); -- 3
DROP TABLE case_stays; -- 2
UPDATE meta SET value = '1' WHERE key = 'schema';
