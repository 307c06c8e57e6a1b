-- One name per option of an account: `privateIp` became `privateIpEnabled`, in accounts and in the specs made from them.
UPDATE "account" SET "configuration" = ("configuration" - 'privateIp') || jsonb_build_object('privateIpEnabled', "configuration" -> 'privateIp')
WHERE "configuration" ? 'privateIp';
UPDATE "vps" SET "spec" = jsonb_set("spec", '{compute,options}',
  (("spec" #> '{compute,options}') - 'privateIp') || jsonb_build_object('privateIpEnabled', "spec" #> '{compute,options,privateIp}'))
WHERE "spec" #> '{compute,options}' ? 'privateIp';
