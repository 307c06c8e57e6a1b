-- Processes keep for some seconds who sent the last requests: whatever changes that is told to all of them.
CREATE FUNCTION plinth_caller_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('plinth_caller', '');
    RETURN NULL;
END $$;

-- When a token was used last is written all the time, and changes nothing.
CREATE TRIGGER "api_token_changed" AFTER UPDATE ON "api_token" FOR EACH ROW
    WHEN ((to_jsonb(OLD) - 'lastUsedAt') IS DISTINCT FROM (to_jsonb(NEW) - 'lastUsedAt')) EXECUTE FUNCTION plinth_caller_changed();
CREATE TRIGGER "api_token_removed" AFTER DELETE ON "api_token" FOR EACH ROW EXECUTE FUNCTION plinth_caller_changed();
CREATE TRIGGER "service_account_changed" AFTER UPDATE OR DELETE ON "service_account" FOR EACH ROW EXECUTE FUNCTION plinth_caller_changed();
CREATE TRIGGER "user_changed" AFTER UPDATE OR DELETE ON "user" FOR EACH ROW EXECUTE FUNCTION plinth_caller_changed();
CREATE TRIGGER "member_changed" AFTER INSERT OR UPDATE OR DELETE ON "member" FOR EACH ROW EXECUTE FUNCTION plinth_caller_changed();
CREATE TRIGGER "organization_changed" AFTER UPDATE OR DELETE ON "organization" FOR EACH ROW EXECUTE FUNCTION plinth_caller_changed();
CREATE TRIGGER "browser_session_changed" AFTER UPDATE OR DELETE ON "browser_session" FOR EACH ROW EXECUTE FUNCTION plinth_caller_changed();
CREATE TRIGGER "auth_entry_changed" AFTER UPDATE OR DELETE ON "auth_entry" FOR EACH ROW
    WHEN (OLD."userId" IS NOT NULL) EXECUTE FUNCTION plinth_caller_changed();
