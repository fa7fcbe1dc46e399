CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE event (
	id BLOB NOT NULL, 
	"key" TEXT NOT NULL, 
	name TEXT NOT NULL, 
	currency TEXT NOT NULL, 
	public_key BLOB NOT NULL, 
	opened_at INTEGER NOT NULL, timezone TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_event PRIMARY KEY (id), 
	CONSTRAINT ck_event_id CHECK (length(id) = 16), 
	CONSTRAINT ck_event_public_key CHECK (length(public_key) = 32), 
	CONSTRAINT uq_event_key UNIQUE ("key")
)
 STRICT

;
CREATE TABLE slot (
	event_id BLOB NOT NULL, 
	number INTEGER NOT NULL, 
	"key" TEXT NOT NULL, valid_starts INTEGER, valid_ends INTEGER, pool_number INTEGER, hall_number INTEGER, 
	CONSTRAINT pk_slot PRIMARY KEY (event_id, number), 
	CONSTRAINT ck_slot_number CHECK (number BETWEEN 1 AND 65535), 
	CONSTRAINT fk_slot_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_slot_event_id UNIQUE (event_id, "key")
)
 STRICT

;
CREATE TABLE terminal (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	name TEXT NOT NULL, 
	pin_failures INTEGER NOT NULL, 
	pin_retry_at INTEGER, 
	CONSTRAINT ck_terminal_pin_failures CHECK (pin_failures >= 0), 
	CONSTRAINT uq_terminal_name UNIQUE (name)
)
 STRICT

;
CREATE TABLE attendee (
	id BLOB NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT NOT NULL, folded TEXT, 
	CONSTRAINT pk_attendee PRIMARY KEY (id), 
	CONSTRAINT ck_attendee_id CHECK (length(id) = 16), 
	CONSTRAINT ck_attendee_name CHECK (length(name) BETWEEN 1 AND 200), 
	CONSTRAINT uq_attendee_email UNIQUE (email, name)
)
 STRICT

;
CREATE TABLE orders (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id BLOB NOT NULL, 
	event_id BLOB NOT NULL, 
	attendee_id BLOB NOT NULL, 
	state TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	hold_seconds INTEGER NOT NULL, 
	placed_at INTEGER NOT NULL, 
	held_until INTEGER NOT NULL, 
	settled INTEGER NOT NULL, 
	revision INTEGER NOT NULL, pieces INTEGER DEFAULT 0 NOT NULL, asked_provider INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_orders_asked_provider CHECK (asked_provider IN (0, 1)), packs INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT ck_orders_placed_is_open CHECK (state <> 'placed' OR settled = 0), 
	CONSTRAINT ck_orders_state CHECK (state = 'placed' OR state = 'held' OR state = 'sold_out' OR state = 'paid' OR state = 'paid_unfulfilled' OR state = 'cancelled' OR state = 'expired' OR state = 'refunded'), 
	CONSTRAINT ck_orders_ended_is_settled CHECK (settled = 1 OR NOT (state = 'sold_out' OR state = 'paid' OR state = 'paid_unfulfilled' OR state = 'refunded')), 
	CONSTRAINT ck_orders_attempt CHECK (attempt >= 1), 
	CONSTRAINT ck_orders_held_until CHECK (held_until > placed_at), 
	CONSTRAINT ck_orders_hold_seconds CHECK (hold_seconds >= 1), 
	CONSTRAINT ck_orders_id CHECK (length(id) = 16), 
	CONSTRAINT ck_orders_settled CHECK (settled IN (0, 1)), 
	CONSTRAINT ck_orders_revision CHECK (revision >= 0), 
	CONSTRAINT fk_orders_attendee_id FOREIGN KEY(attendee_id) REFERENCES attendee (id), 
	CONSTRAINT fk_orders_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_orders_id UNIQUE (id)
)
 STRICT

;
CREATE INDEX ix_orders_held ON orders (event_id, held_until) WHERE state = 'held';
CREATE INDEX ix_orders_open ON orders (event_id, held_until) WHERE settled = 0;
CREATE TABLE claim (
	id BLOB NOT NULL, 
	order_id BLOB NOT NULL, 
	position INTEGER NOT NULL, 
	event_id BLOB NOT NULL, 
	slot_number INTEGER NOT NULL, 
	ticket_number TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	price_minor INTEGER NOT NULL, 
	holder_id BLOB NOT NULL, pool_number INTEGER, note TEXT DEFAULT '' NOT NULL CONSTRAINT ck_claim_note CHECK (length(note) <= 200), revoked TEXT DEFAULT '' NOT NULL CONSTRAINT ck_claim_revoked CHECK (length(revoked) <= 200), passed_on INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_claim_passed_on CHECK (passed_on IN (0, 1)), 
	CONSTRAINT pk_claim PRIMARY KEY (id), 
	CONSTRAINT ck_claim_id CHECK (length(id) = 16), 
	CONSTRAINT ck_claim_ticket_number CHECK (length(ticket_number) = 12), 
	CONSTRAINT ck_claim_position CHECK (position >= 0), 
	CONSTRAINT ck_claim_price_minor CHECK (price_minor >= 0), 
	CONSTRAINT ck_claim_version CHECK (version BETWEEN 1 AND 65535), 
	CONSTRAINT fk_claim_event_id FOREIGN KEY(event_id, slot_number) REFERENCES slot (event_id, number), 
	CONSTRAINT fk_claim_holder_id FOREIGN KEY(holder_id) REFERENCES attendee (id), 
	CONSTRAINT fk_claim_order_id FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT uq_claim_order_id UNIQUE (order_id, position), 
	CONSTRAINT uq_claim_ticket_number UNIQUE (ticket_number)
)
 STRICT

;
CREATE TABLE conduct_acceptance (
	event_id BLOB NOT NULL, 
	attendee_id BLOB NOT NULL, 
	digest BLOB NOT NULL, 
	language TEXT NOT NULL, 
	accepted_at INTEGER NOT NULL, 
	terminal_number INTEGER NOT NULL, 
	CONSTRAINT pk_conduct_acceptance PRIMARY KEY (event_id, attendee_id, digest), 
	CONSTRAINT ck_conduct_acceptance_digest CHECK (length(digest) = 32), 
	CONSTRAINT fk_conduct_acceptance_attendee_id FOREIGN KEY(attendee_id) REFERENCES attendee (id), 
	CONSTRAINT fk_conduct_acceptance_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT fk_conduct_acceptance_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE TABLE payment (
	id BLOB NOT NULL, 
	order_id BLOB NOT NULL, 
	method TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	tendered_minor INTEGER NOT NULL, 
	taken_by TEXT NOT NULL, 
	taken_at INTEGER NOT NULL, 
	booking TEXT NOT NULL, 
	provider TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	CONSTRAINT pk_payment PRIMARY KEY (id), 
	CONSTRAINT ck_payment_booking CHECK (booking = 'post' OR booking = 'retry' OR booking = 'alone'), 
	CONSTRAINT ck_payment_method CHECK (method = 'cash' OR method = 'free' OR method = 'provider' OR method = 'invoice'), 
	CONSTRAINT ck_payment_provider CHECK ((method = 'provider') = (provider <> '')), 
	CONSTRAINT ck_payment_amount_minor CHECK (amount_minor >= 0), 
	CONSTRAINT ck_payment_id CHECK (length(id) = 16), 
	CONSTRAINT ck_payment_tendered_minor CHECK (tendered_minor >= amount_minor), 
	CONSTRAINT fk_payment_order_id FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT uq_payment_order_id UNIQUE (order_id)
)
 STRICT

;
CREATE TABLE order_discount (
	order_id BLOB NOT NULL, 
	code TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	is_limited INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	asked_at INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT pk_order_discount PRIMARY KEY (order_id), 
	CONSTRAINT ck_order_discount_state CHECK (state = 'asked' OR state = 'held' OR state = 'refused' OR state = 'returning' OR state = 'returned'), 
	CONSTRAINT ck_order_discount_amount_minor CHECK (amount_minor > 0), 
	CONSTRAINT ck_order_discount_is_limited CHECK (is_limited IN (0, 1)), 
	CONSTRAINT ck_order_discount_attempt CHECK (attempt >= 1), 
	CONSTRAINT fk_order_discount_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
 STRICT

;
CREATE TABLE provider_payment (
	id BLOB NOT NULL, 
	order_id BLOB NOT NULL, 
	provider TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	language TEXT NOT NULL, 
	opened_at INTEGER NOT NULL, 
	expires_at INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	settled INTEGER NOT NULL, 
	received_minor INTEGER, 
	CONSTRAINT pk_provider_payment PRIMARY KEY (id), 
	CONSTRAINT ck_provider_payment_state CHECK (state = 'open' OR state = 'withdrawn' OR state = 'paid' OR state = 'surplus' OR state = 'failed' OR state = 'cancelled'), 
	CONSTRAINT ck_provider_payment_waiting CHECK (state NOT IN ('open', 'withdrawn') OR settled = 0), 
	CONSTRAINT ck_provider_payment_received_minor CHECK ((state IN ('paid', 'surplus')) = (received_minor IS NOT NULL)), 
	CONSTRAINT ck_provider_payment_id CHECK (length(id) = 16), 
	CONSTRAINT ck_provider_payment_amount_minor CHECK (amount_minor > 0), 
	CONSTRAINT ck_provider_payment_settled CHECK (settled IN (0, 1)), 
	CONSTRAINT fk_provider_payment_order_id FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT uq_provider_payment_reference UNIQUE (reference)
)
 STRICT

;
CREATE INDEX ix_provider_payment_order_id ON provider_payment (order_id);
CREATE UNIQUE INDEX uq_provider_payment_open ON provider_payment (order_id) WHERE state = 'open';
CREATE INDEX ix_provider_payment_unsettled ON provider_payment (opened_at) WHERE settled = 0;
CREATE TABLE provider_event (
	provider TEXT NOT NULL, 
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	received_at INTEGER NOT NULL, 
	effect TEXT, 
	CONSTRAINT pk_provider_event PRIMARY KEY (provider, id), 
	CONSTRAINT ck_provider_event_kind CHECK (kind = 'succeeded' OR kind = 'failed' OR kind = 'cancelled'), 
	CONSTRAINT ck_provider_event_effect CHECK (effect = 'paid' OR effect = 'surplus' OR effect = 'ended' OR effect = 'nothing'), 
	CONSTRAINT ck_provider_event_amount_minor CHECK (amount_minor >= 0), 
	CONSTRAINT fk_provider_event_reference FOREIGN KEY(reference) REFERENCES provider_payment (reference)
)
 STRICT

;
CREATE INDEX ix_provider_event_undone ON provider_event (received_at) WHERE effect IS NULL;
CREATE TABLE pool (
	event_id BLOB NOT NULL, 
	number INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	CONSTRAINT pk_pool PRIMARY KEY (event_id, number), 
	CONSTRAINT ck_pool_number CHECK (number BETWEEN 1 AND 65535), 
	CONSTRAINT fk_pool_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_pool_event_id UNIQUE (event_id, "key")
)
 STRICT

;
CREATE TABLE goodie (
	event_id BLOB NOT NULL, 
	number INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	CONSTRAINT pk_goodie PRIMARY KEY (event_id, number), 
	CONSTRAINT ck_goodie_number CHECK (number BETWEEN 1 AND 65535), 
	CONSTRAINT fk_goodie_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_goodie_event_id UNIQUE (event_id, "key")
)
 STRICT

;
CREATE INDEX ix_claim_holder_id ON claim (holder_id);
CREATE TABLE goodie_piece (
	order_id BLOB NOT NULL, 
	position INTEGER NOT NULL, 
	event_id BLOB NOT NULL, 
	goodie_number INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT pk_goodie_piece PRIMARY KEY (order_id, position), 
	CONSTRAINT ck_goodie_piece_state CHECK (state = 'asked' OR state = 'promised' OR state = 'granted' OR state = 'none'), 
	CONSTRAINT ck_goodie_piece_position CHECK (position >= 0), 
	CONSTRAINT fk_goodie_piece_event_id FOREIGN KEY(event_id, goodie_number) REFERENCES goodie (event_id, number), 
	CONSTRAINT fk_goodie_piece_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
 STRICT

;
CREATE TABLE refund (
	id BLOB NOT NULL, 
	order_id BLOB NOT NULL, 
	payment_id BLOB NOT NULL, 
	reason TEXT NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	provider TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	paid_by TEXT NOT NULL, 
	done_at INTEGER, 
	CONSTRAINT pk_refund PRIMARY KEY (id), 
	CONSTRAINT ck_refund_reason CHECK (reason = 'unfulfilled' OR reason = 'surplus' OR reason = 'returned'), 
	CONSTRAINT ck_refund_state CHECK (state = 'due' OR state = 'asked' OR state = 'done' OR state = 'refused'), 
	CONSTRAINT ck_refund_done_at CHECK ((state IN ('due', 'asked')) = (done_at IS NULL)), 
	CONSTRAINT ck_refund_paid_by CHECK ((state = 'due') = (paid_by = '')), 
	CONSTRAINT ck_refund_id CHECK (length(id) = 16), 
	CONSTRAINT ck_refund_amount_minor CHECK (amount_minor >= 0), 
	CONSTRAINT fk_refund_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
 STRICT

;
CREATE INDEX ix_refund_order_id ON refund (order_id);
CREATE INDEX ix_refund_unpaid ON refund (since) WHERE state IN ('due', 'asked');
CREATE UNIQUE INDEX uq_refund_returned ON refund (order_id) WHERE state IN ('asked', 'done') AND reason = 'returned';
CREATE TABLE invoice_payment (
	id BLOB NOT NULL, 
	order_id BLOB NOT NULL, 
	amount_minor INTEGER NOT NULL, 
	way TEXT NOT NULL, 
	reference TEXT NOT NULL, 
	taken_by TEXT NOT NULL, 
	taken_at INTEGER NOT NULL, 
	settled INTEGER NOT NULL, 
	CONSTRAINT pk_invoice_payment PRIMARY KEY (id), 
	CONSTRAINT ck_invoice_payment_id CHECK (length(id) = 16), 
	CONSTRAINT ck_invoice_payment_amount_minor CHECK (amount_minor > 0), 
	CONSTRAINT ck_invoice_payment_settled CHECK (settled IN (0, 1)), 
	CONSTRAINT fk_invoice_payment_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
 STRICT

;
CREATE INDEX ix_invoice_payment_order_id ON invoice_payment (order_id);
CREATE INDEX ix_invoice_payment_open ON invoice_payment (taken_at) WHERE settled = 0;
CREATE TABLE door_change (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	subject TEXT NOT NULL, 
	id BLOB NOT NULL, 
	CONSTRAINT ck_door_change_subject CHECK (subject = 'claim' OR subject = 'order' OR subject = 'holder'), 
	CONSTRAINT ck_door_change_id CHECK (length(id) = 16)
)
 STRICT

;
CREATE TABLE lane_conflict (
	terminal_number INTEGER NOT NULL, 
	nonce INTEGER NOT NULL, 
	event_id BLOB NOT NULL, 
	claim_id BLOB, 
	reason TEXT NOT NULL, 
	staff TEXT NOT NULL, 
	scanned_at INTEGER NOT NULL, 
	found_at INTEGER NOT NULL, 
	other_at INTEGER, 
	other_terminal TEXT NOT NULL, 
	acknowledged_by TEXT NOT NULL, 
	acknowledged_at INTEGER, 
	CONSTRAINT pk_lane_conflict PRIMARY KEY (terminal_number, nonce), 
	CONSTRAINT ck_lane_conflict_nonce CHECK (nonce > 0), 
	CONSTRAINT ck_lane_conflict_acknowledged_at CHECK ((acknowledged_by = '') = (acknowledged_at IS NULL)), 
	CONSTRAINT fk_lane_conflict_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number), 
	CONSTRAINT fk_lane_conflict_event_id FOREIGN KEY(event_id) REFERENCES event (id)
)
 STRICT

;
CREATE INDEX ix_lane_conflict_unread ON lane_conflict (event_id) WHERE acknowledged_at IS NULL;
CREATE TRIGGER tell_doors_of_orders_insert AFTER INSERT ON orders WHEN NEW.state = 'paid' BEGIN INSERT INTO door_change (subject, id) VALUES ('order', NEW.id); END;
CREATE TRIGGER tell_doors_of_orders_update AFTER UPDATE ON orders WHEN NEW.state <> OLD.state AND (NEW.state = 'paid' OR OLD.state = 'paid') BEGIN INSERT INTO door_change (subject, id) VALUES ('order', NEW.id); END;
CREATE TRIGGER tell_doors_of_claim_update AFTER UPDATE ON claim  BEGIN INSERT INTO door_change (subject, id) VALUES ('claim', NEW.id); END;
CREATE TRIGGER tell_doors_of_conduct_acceptance_insert AFTER INSERT ON conduct_acceptance  BEGIN INSERT INTO door_change (subject, id) VALUES ('holder', NEW.attendee_id); END;
CREATE TABLE token (
	event_id BLOB NOT NULL, 
	number INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	CONSTRAINT pk_token PRIMARY KEY (event_id, number), 
	CONSTRAINT ck_token_number CHECK (number BETWEEN 1 AND 65535), 
	CONSTRAINT fk_token_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_token_event_id UNIQUE (event_id, "key")
)
 STRICT

;
CREATE TABLE wallet (
	id BLOB NOT NULL, 
	event_id BLOB NOT NULL, 
	attendee_id BLOB NOT NULL, 
	opened_at INTEGER NOT NULL, 
	pin_hash TEXT NOT NULL, 
	version INTEGER NOT NULL, pin_failures INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_wallet_pin_failures CHECK (pin_failures >= 0), pin_retry_at INTEGER, gift_failures INTEGER DEFAULT 0 NOT NULL CONSTRAINT ck_wallet_gift_failures CHECK (gift_failures >= 0), gift_retry_at INTEGER, 
	CONSTRAINT pk_wallet PRIMARY KEY (id), 
	CONSTRAINT ck_wallet_id CHECK (length(id) = 16), 
	CONSTRAINT ck_wallet_version CHECK (version BETWEEN 1 AND 65535), 
	CONSTRAINT fk_wallet_attendee_id FOREIGN KEY(attendee_id) REFERENCES attendee (id), 
	CONSTRAINT fk_wallet_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_wallet_event_id UNIQUE (event_id, attendee_id)
)
 STRICT

;
CREATE TABLE bill (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id BLOB NOT NULL, 
	wallet_id BLOB NOT NULL, 
	token_number INTEGER NOT NULL, 
	amount INTEGER NOT NULL, 
	expires_at INTEGER, 
	received_at INTEGER NOT NULL, 
	source BLOB, 
	is_empty INTEGER NOT NULL, 
	CONSTRAINT ck_bill_amount CHECK (amount > 0), 
	CONSTRAINT ck_bill_is_empty CHECK (is_empty IN (0, 1)), 
	CONSTRAINT ck_bill_id CHECK (length(id) = 16), 
	CONSTRAINT uq_bill_id UNIQUE (id), 
	CONSTRAINT fk_bill_source FOREIGN KEY(source) REFERENCES bill (id), 
	CONSTRAINT fk_bill_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallet (id)
)
 STRICT

;
CREATE INDEX ix_bill_source ON bill (source);
CREATE INDEX ix_bill_expiring ON bill (expires_at) WHERE is_empty = 0;
CREATE INDEX ix_bill_spendable ON bill (wallet_id, token_number) WHERE is_empty = 0;
CREATE TABLE former_ticket (
	claim_id BLOB NOT NULL, 
	version INTEGER NOT NULL, 
	ticket_number TEXT NOT NULL, 
	holder_id BLOB NOT NULL, 
	ended_at INTEGER NOT NULL, 
	CONSTRAINT pk_former_ticket PRIMARY KEY (claim_id, version), 
	CONSTRAINT ck_former_ticket_ticket_number CHECK (length(ticket_number) = 12), 
	CONSTRAINT ck_former_ticket_version CHECK (version >= 1), 
	CONSTRAINT fk_former_ticket_claim_id FOREIGN KEY(claim_id) REFERENCES claim (id), 
	CONSTRAINT fk_former_ticket_holder_id FOREIGN KEY(holder_id) REFERENCES attendee (id), 
	CONSTRAINT uq_former_ticket_ticket_number UNIQUE (ticket_number)
)
 STRICT

;
CREATE TABLE claim_transfer (
	claim_id BLOB NOT NULL, 
	id BLOB NOT NULL, 
	entry INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	ticket_number TEXT NOT NULL, 
	receiver_id BLOB NOT NULL, 
	terminal_number INTEGER NOT NULL, 
	staff TEXT NOT NULL, 
	asked_at INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	CONSTRAINT pk_claim_transfer PRIMARY KEY (claim_id, id), 
	CONSTRAINT ck_claim_transfer_entry CHECK (entry >= 1), 
	CONSTRAINT ck_claim_transfer_id CHECK (length(id) = 16), 
	CONSTRAINT ck_claim_transfer_ticket_number CHECK (length(ticket_number) = 12), 
	CONSTRAINT ck_claim_transfer_outcome CHECK (outcome = 'asked' OR outcome = 'done' OR outcome = 'refused'), 
	CONSTRAINT ck_claim_transfer_version CHECK (version >= 2), 
	CONSTRAINT fk_claim_transfer_claim_id FOREIGN KEY(claim_id) REFERENCES claim (id), 
	CONSTRAINT fk_claim_transfer_receiver_id FOREIGN KEY(receiver_id) REFERENCES attendee (id), 
	CONSTRAINT fk_claim_transfer_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE UNIQUE INDEX uq_claim_transfer_asked ON claim_transfer (claim_id) WHERE outcome = 'asked';
CREATE TABLE hand_out (
	order_id BLOB NOT NULL, 
	position INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	nonce INTEGER NOT NULL, 
	terminal_number INTEGER NOT NULL, 
	staff TEXT NOT NULL, 
	asked_at INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	handed_at INTEGER, 
	CONSTRAINT pk_hand_out PRIMARY KEY (order_id, position, attempt, nonce, terminal_number), 
	CONSTRAINT ck_hand_out_handed_at CHECK ((outcome = 'handed') = (handed_at IS NOT NULL)), 
	CONSTRAINT ck_hand_out_attempt CHECK (attempt >= 1), 
	CONSTRAINT ck_hand_out_nonce CHECK (nonce > 0), 
	CONSTRAINT ck_hand_out_outcome CHECK (outcome = 'asked' OR outcome = 'handed' OR outcome = 'refused'), 
	CONSTRAINT fk_hand_out_order_id FOREIGN KEY(order_id, position) REFERENCES goodie_piece (order_id, position), 
	CONSTRAINT fk_hand_out_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE INDEX ix_hand_out_asked ON hand_out (asked_at) WHERE outcome = 'asked';
CREATE UNIQUE INDEX uq_hand_out_handed ON hand_out (order_id, position, attempt) WHERE outcome = 'handed';
CREATE TABLE hand_out_undo (
	order_id BLOB NOT NULL, 
	position INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	terminal_number INTEGER NOT NULL, 
	staff TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	asked_at INTEGER NOT NULL, 
	done_at INTEGER, 
	CONSTRAINT pk_hand_out_undo PRIMARY KEY (order_id, position, attempt), 
	CONSTRAINT ck_hand_out_undo_attempt CHECK (attempt >= 1), 
	CONSTRAINT ck_hand_out_undo_reason CHECK (length(reason) BETWEEN 1 AND 200), 
	CONSTRAINT fk_hand_out_undo_order_id FOREIGN KEY(order_id, position) REFERENCES goodie_piece (order_id, position), 
	CONSTRAINT fk_hand_out_undo_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE INDEX ix_hand_out_undo_asked ON hand_out_undo (asked_at) WHERE done_at IS NULL;
CREATE TABLE attendee_word (
	word TEXT NOT NULL, 
	attendee_id BLOB NOT NULL, 
	CONSTRAINT pk_attendee_word PRIMARY KEY (word, attendee_id), 
	CONSTRAINT fk_attendee_word_attendee_id FOREIGN KEY(attendee_id) REFERENCES attendee (id)
)
 WITHOUT ROWID,
 STRICT

;
CREATE TABLE hall (
	event_id BLOB NOT NULL, 
	number INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	CONSTRAINT pk_hall PRIMARY KEY (event_id, number), 
	CONSTRAINT ck_hall_number CHECK (number BETWEEN 1 AND 65535), 
	CONSTRAINT fk_hall_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_hall_event_id UNIQUE (event_id, "key")
)
 STRICT

;
CREATE TABLE capacity (
	event_id BLOB NOT NULL, 
	batch INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	amount INTEGER NOT NULL, 
	transfer_id BLOB NOT NULL, 
	outcome TEXT NOT NULL, 
	CONSTRAINT pk_capacity PRIMARY KEY (event_id, batch, kind, number), 
	CONSTRAINT ck_capacity_kind CHECK (kind = 'slot' OR kind = 'pool' OR kind = 'goodie' OR kind = 'hall'), 
	CONSTRAINT ck_capacity_outcome CHECK (outcome = 'asked' OR outcome = 'done' OR outcome = 'refused'), 
	CONSTRAINT ck_capacity_amount CHECK (amount <> 0), 
	CONSTRAINT ck_capacity_batch CHECK (batch >= 1), 
	CONSTRAINT ck_capacity_transfer_id CHECK (length(transfer_id) = 16), 
	CONSTRAINT fk_capacity_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_capacity_transfer_id UNIQUE (transfer_id)
)
 STRICT

;
CREATE INDEX ix_capacity_asked ON capacity (event_id) WHERE outcome = 'asked';
CREATE TABLE door_step (
	claim_id BLOB NOT NULL, 
	step INTEGER NOT NULL, 
	nonce INTEGER NOT NULL, 
	terminal_number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	staff TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	asked_at INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	done_at INTEGER, 
	CONSTRAINT pk_door_step PRIMARY KEY (claim_id, step, nonce, terminal_number), 
	CONSTRAINT ck_door_step_kind CHECK (kind = 'enter' OR kind = 'return' OR kind = 'leave' OR kind = 'undo' OR kind = 'pass_on'), 
	CONSTRAINT ck_door_step_outcome CHECK (outcome = 'asked' OR outcome = 'done' OR outcome = 'refused'), 
	CONSTRAINT ck_door_step_step CHECK (step >= 1), 
	CONSTRAINT ck_door_step_nonce CHECK (nonce > 0), 
	CONSTRAINT ck_door_step_attempt CHECK (attempt >= 1), 
	CONSTRAINT ck_door_step_reason CHECK (length(reason) <= 200), 
	CONSTRAINT ck_door_step_undo_reason CHECK (kind = 'undo' OR reason = ''), 
	CONSTRAINT ck_door_step_done_at CHECK ((outcome = 'done') = (done_at IS NOT NULL)), 
	CONSTRAINT fk_door_step_claim_id FOREIGN KEY(claim_id) REFERENCES claim (id), 
	CONSTRAINT fk_door_step_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE INDEX ix_door_step_asked ON door_step (asked_at) WHERE outcome = 'asked';
CREATE UNIQUE INDEX uq_door_step_done ON door_step (claim_id, step) WHERE outcome = 'done';
CREATE TRIGGER tell_doors_of_door_step_insert AFTER INSERT ON door_step WHEN NEW.outcome <> 'asked' BEGIN INSERT INTO door_change (subject, id) VALUES ('claim', NEW.claim_id); END;
CREATE TRIGGER tell_doors_of_door_step_update AFTER UPDATE ON door_step WHEN NEW.outcome <> 'asked' BEGIN INSERT INTO door_change (subject, id) VALUES ('claim', NEW.claim_id); END;
CREATE TABLE audit (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at INTEGER NOT NULL, 
	terminal_number INTEGER, 
	staff TEXT NOT NULL, 
	action TEXT NOT NULL, 
	subject BLOB, 
	detail TEXT NOT NULL, 
	CONSTRAINT ck_audit_action CHECK (length(action) BETWEEN 1 AND 40), 
	CONSTRAINT fk_audit_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit only grows'); END;
CREATE TABLE pairing (
	terminal_number INTEGER NOT NULL, 
	secret_hash BLOB, 
	paired_at INTEGER NOT NULL, 
	revoked_at INTEGER, 
	searches INTEGER DEFAULT 1 NOT NULL, seen_at INTEGER, 
	CONSTRAINT pk_pairing PRIMARY KEY (terminal_number), 
	CONSTRAINT ck_pairing_secret_hash CHECK (length(secret_hash) = 32), 
	CONSTRAINT ck_pairing_searches CHECK (searches IN (0, 1)), 
	CONSTRAINT fk_pairing_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE TABLE founding (
	one INTEGER NOT NULL, 
	terminal_number INTEGER NOT NULL, 
	CONSTRAINT pk_founding PRIMARY KEY (one), 
	CONSTRAINT ck_founding_one CHECK (one = 1), 
	CONSTRAINT fk_founding_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE TABLE invitation (
	terminal_number INTEGER NOT NULL, 
	code_hash BLOB NOT NULL, 
	expires_at INTEGER NOT NULL, 
	tries INTEGER NOT NULL, 
	CONSTRAINT pk_invitation PRIMARY KEY (terminal_number), 
	CONSTRAINT ck_invitation_code_hash CHECK (length(code_hash) = 32), 
	CONSTRAINT ck_invitation_tries CHECK (tries >= 0), 
	CONSTRAINT fk_invitation_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE TABLE staff_badge (
	member_id BLOB NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_staff_badge PRIMARY KEY (member_id), 
	CONSTRAINT ck_staff_badge_version CHECK (version BETWEEN 1 AND 65535)
)
 STRICT

;
CREATE TABLE order_trouble (
	order_id BLOB NOT NULL, 
	tries INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	retry_at INTEGER NOT NULL, 
	CONSTRAINT pk_order_trouble PRIMARY KEY (order_id), 
	CONSTRAINT ck_order_trouble_tries CHECK (tries > 0), 
	CONSTRAINT ck_order_trouble_retry_at CHECK (retry_at >= since), 
	CONSTRAINT fk_order_trouble_order_id FOREIGN KEY(order_id) REFERENCES orders (id)
)
 STRICT

;
CREATE TABLE airdrop (
	id BLOB NOT NULL, 
	event_id BLOB NOT NULL, 
	name TEXT NOT NULL, 
	token_number INTEGER NOT NULL, 
	requirements TEXT NOT NULL, 
	is_claimed INTEGER NOT NULL, 
	chain TEXT NOT NULL, 
	opened_at INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	CONSTRAINT pk_airdrop PRIMARY KEY (id), 
	CONSTRAINT ck_airdrop_state CHECK (state = 'running' OR state = 'paused' OR state = 'clawed_back'), 
	CONSTRAINT ck_airdrop_is_claimed CHECK (is_claimed IN (0, 1)), 
	CONSTRAINT ck_airdrop_id CHECK (length(id) = 16), 
	CONSTRAINT ck_airdrop_name CHECK (length(name) BETWEEN 1 AND 200), 
	CONSTRAINT fk_airdrop_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT uq_airdrop_event_id UNIQUE (event_id, name)
)
 STRICT

;
CREATE TABLE airdrop_batch (
	id BLOB NOT NULL, 
	airdrop_id BLOB NOT NULL, 
	transaction_id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	settled INTEGER NOT NULL, 
	CONSTRAINT pk_airdrop_batch PRIMARY KEY (id), 
	CONSTRAINT ck_airdrop_batch_ended CHECK (state IN ('confirmed', 'failed') OR settled = 0), 
	CONSTRAINT ck_airdrop_batch_state CHECK (state = 'new' OR state = 'sent' OR state = 'confirmed' OR state = 'failed'), 
	CONSTRAINT ck_airdrop_batch_id CHECK (length(id) = 16), 
	CONSTRAINT ck_airdrop_batch_settled CHECK (settled IN (0, 1)), 
	CONSTRAINT fk_airdrop_batch_airdrop_id FOREIGN KEY(airdrop_id) REFERENCES airdrop (id)
)
 STRICT

;
CREATE INDEX ix_airdrop_batch_open ON airdrop_batch (airdrop_id) WHERE settled = 0;
CREATE TABLE airdrop_share (
	airdrop_id BLOB NOT NULL, 
	wallet_id BLOB NOT NULL, 
	position INTEGER NOT NULL, 
	amount INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	state TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	batch_id BLOB, 
	CONSTRAINT pk_airdrop_share PRIMARY KEY (airdrop_id, wallet_id), 
	CONSTRAINT ck_airdrop_share_state CHECK (state = 'offered' OR state = 'pending' OR state = 'reserved' OR state = 'waiting' OR state = 'received' OR state = 'refused' OR state = 'taken_back'), 
	CONSTRAINT ck_airdrop_share_amount CHECK (amount > 0), 
	CONSTRAINT ck_airdrop_share_attempt CHECK (attempt >= 1), 
	CONSTRAINT ck_airdrop_share_position CHECK (position >= 1), 
	CONSTRAINT fk_airdrop_share_airdrop_id FOREIGN KEY(airdrop_id) REFERENCES airdrop (id), 
	CONSTRAINT fk_airdrop_share_batch_id FOREIGN KEY(batch_id) REFERENCES airdrop_batch (id), 
	CONSTRAINT fk_airdrop_share_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallet (id), 
	CONSTRAINT uq_airdrop_share_airdrop_id UNIQUE (airdrop_id, position)
)
 STRICT

;
CREATE INDEX ix_airdrop_share_batch_id ON airdrop_share (batch_id);
CREATE INDEX ix_airdrop_share_state ON airdrop_share (airdrop_id, state, position);
CREATE INDEX ix_airdrop_share_wallet_id ON airdrop_share (wallet_id);
CREATE TABLE doorway (
	terminal_number INTEGER NOT NULL, 
	event_id BLOB NOT NULL, 
	way TEXT NOT NULL, 
	slots TEXT NOT NULL, 
	CONSTRAINT pk_doorway PRIMARY KEY (terminal_number, event_id), 
	CONSTRAINT ck_doorway_way CHECK (way = 'in' OR way = 'out'), 
	CONSTRAINT fk_doorway_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number), 
	CONSTRAINT fk_doorway_event_id FOREIGN KEY(event_id) REFERENCES event (id)
)
 STRICT

;
CREATE TABLE order_pack (
	order_id BLOB NOT NULL, 
	position INTEGER NOT NULL, 
	event_id BLOB NOT NULL, 
	"key" TEXT NOT NULL, 
	token_number INTEGER NOT NULL, 
	count INTEGER NOT NULL, 
	tokens INTEGER NOT NULL, 
	price_minor INTEGER NOT NULL, 
	wallet_id BLOB, 
	expires_at INTEGER, 
	CONSTRAINT pk_order_pack PRIMARY KEY (order_id, position), 
	CONSTRAINT ck_order_pack_position CHECK (position >= 0), 
	CONSTRAINT ck_order_pack_count CHECK (count >= 1), 
	CONSTRAINT ck_order_pack_tokens CHECK (tokens >= 1), 
	CONSTRAINT ck_order_pack_price_minor CHECK (price_minor >= 0), 
	CONSTRAINT ck_order_pack_expires_at CHECK (wallet_id IS NOT NULL OR expires_at IS NULL), 
	CONSTRAINT fk_order_pack_order_id FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT fk_order_pack_event_id FOREIGN KEY(event_id, token_number) REFERENCES token (event_id, number), 
	CONSTRAINT fk_order_pack_wallet_id FOREIGN KEY(wallet_id) REFERENCES wallet (id)
)
 STRICT

;
CREATE TABLE chain_transaction (
	batch_id BLOB NOT NULL, 
	transaction_id TEXT NOT NULL, 
	chain_number INTEGER NOT NULL, 
	payer TEXT NOT NULL, 
	nonce INTEGER NOT NULL, 
	contract TEXT NOT NULL, 
	gas INTEGER NOT NULL, 
	fee INTEGER NOT NULL, 
	tip INTEGER NOT NULL, 
	data TEXT NOT NULL, 
	signed TEXT NOT NULL, 
	sent_at INTEGER NOT NULL, 
	settled INTEGER NOT NULL, 
	CONSTRAINT pk_chain_transaction PRIMARY KEY (batch_id), 
	CONSTRAINT ck_chain_transaction_batch_id CHECK (length(batch_id) = 16), 
	CONSTRAINT ck_chain_transaction_nonce CHECK (nonce >= 0), 
	CONSTRAINT ck_chain_transaction_settled CHECK (settled IN (0, 1)), 
	CONSTRAINT uq_chain_transaction_transaction_id UNIQUE (transaction_id)
)
 STRICT

;
CREATE UNIQUE INDEX ix_chain_transaction_open ON chain_transaction (chain_number, payer, nonce) WHERE settled = 0;
CREATE INDEX ix_payment_invoiced ON payment (order_id) WHERE method = 'invoice';
CREATE INDEX ix_door_step_entered ON door_step (done_at) WHERE outcome = 'done' AND kind IN ('enter', 'return');
CREATE TABLE token_move (
	id BLOB NOT NULL, 
	event_id BLOB NOT NULL, 
	token_number INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	sender_id BLOB, 
	receiver_id BLOB, 
	amount INTEGER NOT NULL, 
	app TEXT NOT NULL, 
	note TEXT NOT NULL, 
	attempt INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	asked_at INTEGER NOT NULL, 
	done_at INTEGER, 
	order_id BLOB, 
	CONSTRAINT pk_token_move PRIMARY KEY (id), 
	CONSTRAINT ck_token_move_sender_id CHECK ((kind IN ('issue', 'give_back')) = (sender_id IS NULL)), 
	CONSTRAINT ck_token_move_app CHECK ((kind IN ('spend', 'give_back')) = (app <> '')), 
	CONSTRAINT ck_token_move_receiver CHECK ((kind IN ('issue', 'send', 'give_back', 'gift_claim', 'gift_return')) = (receiver_id IS NOT NULL)), 
	CONSTRAINT ck_token_move_done_at CHECK ((state = 'done') = (done_at IS NOT NULL)), 
	CONSTRAINT ck_token_move_kind CHECK (kind = 'issue' OR kind = 'send' OR kind = 'spend' OR kind = 'give_back' OR kind = 'expire' OR kind = 'claw_back' OR kind = 'gift' OR kind = 'gift_claim' OR kind = 'gift_return'), 
	CONSTRAINT ck_token_move_state CHECK (state = 'asked' OR state = 'held' OR state = 'done' OR state = 'refused'), 
	CONSTRAINT ck_token_move_amount CHECK (amount > 0), 
	CONSTRAINT ck_token_move_attempt CHECK (attempt >= 1), 
	CONSTRAINT ck_token_move_id CHECK (length(id) = 16), 
	CONSTRAINT fk_token_move_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT fk_token_move_order_id FOREIGN KEY(order_id) REFERENCES orders (id), 
	CONSTRAINT fk_token_move_receiver_id FOREIGN KEY(receiver_id) REFERENCES wallet (id), 
	CONSTRAINT fk_token_move_sender_id FOREIGN KEY(sender_id) REFERENCES wallet (id)
)
 STRICT

;
CREATE INDEX ix_token_move_receiver_id ON token_move (receiver_id, asked_at);
CREATE INDEX ix_token_move_sender_id ON token_move (sender_id, asked_at);
CREATE INDEX ix_token_move_unfinished ON token_move (event_id) WHERE state IN ('asked', 'held');
CREATE TABLE token_part (
	move_id BLOB NOT NULL, 
	position INTEGER NOT NULL, 
	source BLOB, 
	bill BLOB, 
	amount INTEGER NOT NULL, 
	expires_at INTEGER, 
	empties INTEGER NOT NULL, 
	held BLOB, 
	CONSTRAINT pk_token_part PRIMARY KEY (move_id, position), 
	CONSTRAINT ck_token_part_amount CHECK (amount > 0), 
	CONSTRAINT ck_token_part_empties CHECK (empties IN (0, 1)), 
	CONSTRAINT ck_token_part_position CHECK (position >= 0), 
	CONSTRAINT fk_token_part_move_id FOREIGN KEY(move_id) REFERENCES token_move (id)
)
 STRICT

;
CREATE TABLE gift (
	id BLOB NOT NULL, 
	event_id BLOB NOT NULL, 
	giver_id BLOB NOT NULL, 
	email TEXT NOT NULL, 
	code_digest BLOB NOT NULL, 
	returns_at INTEGER NOT NULL, 
	end_id BLOB, 
	CONSTRAINT pk_gift PRIMARY KEY (id), 
	CONSTRAINT ck_gift_code_digest CHECK (length(code_digest) = 32), 
	CONSTRAINT fk_gift_end_id FOREIGN KEY(end_id) REFERENCES token_move (id), 
	CONSTRAINT fk_gift_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT fk_gift_giver_id FOREIGN KEY(giver_id) REFERENCES wallet (id), 
	CONSTRAINT fk_gift_id FOREIGN KEY(id) REFERENCES token_move (id), 
	CONSTRAINT uq_gift_code_digest UNIQUE (code_digest)
)
 STRICT

;
CREATE INDEX ix_gift_giver_id ON gift (giver_id);
CREATE INDEX ix_gift_open ON gift (event_id, returns_at) WHERE end_id IS NULL;
CREATE INDEX ix_token_move_spent ON token_move (event_id, asked_at) WHERE kind = 'spend';
CREATE TABLE emptying (
	id BLOB NOT NULL, 
	event_id BLOB NOT NULL, 
	slots TEXT NOT NULL, 
	"before" INTEGER NOT NULL, 
	terminal_number INTEGER, 
	staff TEXT NOT NULL, 
	done_at INTEGER, 
	CONSTRAINT pk_emptying PRIMARY KEY (id), 
	CONSTRAINT fk_emptying_event_id FOREIGN KEY(event_id) REFERENCES event (id), 
	CONSTRAINT fk_emptying_terminal_number FOREIGN KEY(terminal_number) REFERENCES terminal (number)
)
 STRICT

;
CREATE INDEX ix_attendee_new ON attendee (folded) WHERE folded IS NULL;
INSERT INTO alembic_version (version_num) VALUES ('0021');
