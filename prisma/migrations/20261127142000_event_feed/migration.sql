-- The live feed reads "event". What the triggers wrote is no longer asked for: its positions begin anew, and followers are told so.
DROP TRIGGER "vps_made" ON "vps";
DROP TRIGGER "vps_changed" ON "vps";
DROP TRIGGER "operation_made" ON "operation";
DROP TRIGGER "operation_changed" ON "operation";
DROP TRIGGER "drift_made" ON "drift";
DROP TRIGGER "drift_changed" ON "drift";
DROP TRIGGER "sweep_changed" ON "sweep";
DROP FUNCTION plinth_note_vps();
DROP FUNCTION plinth_note_operation();
DROP FUNCTION plinth_note_drift();
DROP FUNCTION plinth_note_sweep();
DROP TABLE "change";
