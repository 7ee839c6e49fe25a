package cli

// globals are the flags of every command.
type globals struct {
	JSON     bool   `name:"json"`
	Lang     string `name:"lang" enum:"nl,en," default:"" placeholder:"nl|en"`
	Server   string `name:"server" placeholder:"URL"`
	Data     string `name:"data" placeholder:"DIR"`
	Database string `name:"database" placeholder:"URL"`
	CAFile   string `name:"ca-file" placeholder:"FILE"`
	Quiet    bool   `name:"quiet" short:"q"`
	NoColor  bool   `name:"no-color" aliases:"no-colour"`
}

// commands is the grammar. Help stands in the catalogue, under the path of the
// command or the name of the flag.
type commands struct {
	globals

	Demo  demoCommand  `cmd:"" group:"begin"`
	Init  initCommand  `cmd:"" group:"begin"`
	Serve serveCommand `cmd:"" group:"begin"`

	Login  loginCommand  `cmd:"" group:"begin"`
	Logout logoutCommand `cmd:"" group:"begin"`
	Whoami whoamiCommand `cmd:"" group:"begin"`

	Plan       planCommand   `cmd:"" group:"leave"`
	Delete     deleteCommand `cmd:"" group:"leave"`
	Undo       undoCommand   `cmd:"" group:"leave"`
	Departures struct {
		List   departuresList   `cmd:""`
		Show   departuresShow   `cmd:""`
		Record departuresRecord `cmd:""`
		Undo   undoCommand      `cmd:""`
	} `cmd:"" group:"leave"`

	Deleted struct {
		List deletedList `cmd:""`
	} `cmd:"" group:"bin"`
	Restore restoreCommand `cmd:"" group:"bin"`
	Purge   purgeCommand   `cmd:"" group:"bin"`
	Sweep   sweepCommand   `cmd:"" group:"bin"`

	User struct {
		List   userList   `cmd:""`
		Show   userShow   `cmd:""`
		Add    userAdd    `cmd:""`
		Import userImport `cmd:""`
		Export userExport `cmd:""`
	} `cmd:"" group:"people"`
	Import  userImport `cmd:"" group:"people"`
	Mailbox struct {
		Show    mailboxShow    `cmd:""`
		Set     mailboxSet     `cmd:""`
		Grant   mailboxGrant   `cmd:""`
		Revoke  mailboxRevoke  `cmd:""`
		Release mailboxRelease `cmd:""`
	} `cmd:"" group:"people"`
	Drive struct {
		Show    driveShow    `cmd:""`
		Grant   driveGrant   `cmd:""`
		Revoke  driveRevoke  `cmd:""`
		Restore driveRestore `cmd:""`
		Release driveRelease `cmd:""`
	} `cmd:"" group:"people"`

	Subscription struct {
		List        subscriptionList        `cmd:""`
		SetQuantity subscriptionSetQuantity `cmd:"" name:"set-quantity"`
	} `cmd:"" group:"org"`
	Domain struct {
		List   domainList   `cmd:""`
		Add    domainAdd    `cmd:""`
		Remove domainRemove `cmd:""`
	} `cmd:"" group:"org"`
	App struct {
		List   appList   `cmd:""`
		Show   appShow   `cmd:""`
		Add    appAdd    `cmd:""`
		Secret appSecret `cmd:""`
		Remove appRemove `cmd:""`
	} `cmd:"" group:"org"`
	Audit struct {
		List   auditList   `cmd:""`
		Export auditExport `cmd:""`
		Verify auditVerify `cmd:""`
	} `cmd:"" group:"org"`
	Clock struct {
		Show    clockShow    `cmd:""`
		Advance clockAdvance `cmd:""`
	} `cmd:"" group:"org"`
	Settings struct {
		Show settingsShow `cmd:""`
		Set  settingsSet  `cmd:""`
	} `cmd:"" group:"org"`

	keeping

	Config struct {
		Example configExample `cmd:""`
	} `cmd:"" group:"rest"`
	Completion completionCommand `cmd:"" group:"rest"`
	Version    versionCommand    `cmd:"" group:"rest"`
}
