package graph

// routes are all paths of this surface, each with what a token needs. Words are
// spelled as Graph spells them; path.go brings what clients write into this
// spelling, and puts /users/{id} in the place of /me.
func (s *Server) routes() {
	s.route("GET /{$}", right{}, s.serviceRoot)
	s.route("GET /$metadata", right{}, describe)
	s.route("POST /$batch", right{}, s.batch) // R-BULK-15

	s.route("GET /users", readUsers, s.listUsers)
	s.route("POST /users", writeUsers, s.createUser)
	s.route("GET /users/$count", readUsers, s.countUsers)
	s.route("GET /users/delta", readUsers, s.usersDelta)
	s.route("GET /users/{user}", readUsers, s.getUser)
	s.route("PATCH /users/{user}", writeUsers, s.patchUser)
	s.route("DELETE /users/{user}", deleteUsers, s.deleteUser)
	s.route("POST /users/{user}/revokeSignInSessions", revokeSessions, s.revoke)
	s.route("POST /users/{user}/assignLicense", assignLicenses, s.assignLicense)
	s.route("POST /users/{user}/reprocessLicenseAssignment", assignLicenses, s.reprocess)
	s.route("GET /users/{user}/licenseDetails", readLicenses, s.licenseDetails)
	s.route("GET /users/{user}/licenseDetails/{license}", readLicenses, s.licenseDetail)
	s.route("GET /users/{user}/manager", readUsers, s.getManager)
	s.route("GET /users/{user}/manager/$ref", readUsers, s.managerRef)
	s.route("PUT /users/{user}/manager/$ref", writeUsers, s.setManager)
	s.route("DELETE /users/{user}/manager/$ref", writeUsers, s.clearManager)
	for _, cast := range []string{"", "/microsoft.graph.user"} {
		s.route("GET /users/{user}/directReports"+cast, readUsers, s.listReports)
		s.route("GET /users/{user}/directReports"+cast+"/$count", readUsers, s.countReports)
	}
	for _, relation := range []string{"memberOf", "transitiveMemberOf"} {
		s.route("GET /users/{user}/"+relation, readMemberships, s.listMemberships)
		s.route("GET /users/{user}/"+relation+"/$count", readMemberships, s.countMemberships)
		s.route("GET /users/{user}/"+relation+"/microsoft.graph.group", readMemberships, s.listMemberGroups)
		s.route("GET /users/{user}/"+relation+"/microsoft.graph.group/$count", readMemberships, s.countMemberGroups)
		s.route("GET /users/{user}/"+relation+"/microsoft.graph.directoryRole", readMemberships, s.listMemberRoles)
	}
	for _, cast := range []string{"", "/microsoft.graph.group"} {
		s.route("GET /users/{user}/ownedObjects"+cast, readMemberships, s.listOwned)
		s.route("GET /users/{user}/ownedObjects"+cast+"/$count", readMemberships, s.countOwned)
	}
	for _, relation := range []string{"ownedDevices", "registeredDevices"} {
		for _, cast := range []string{"", "/microsoft.graph.device"} {
			s.route("GET /users/{user}/"+relation+cast, readDevices, s.listDevices)
			s.route("GET /users/{user}/"+relation+cast+"/$count", readDevices, s.countDevices)
		}
	}
	for _, photo := range []string{"/users/{user}/photo", "/users/{user}/photo/$value"} {
		s.route("GET "+photo, readUsers, s.noPhoto)
		s.route("PUT "+photo, writeUsers, notHere("Photos"))
	}
	s.route("POST /users/{user}/getMemberGroups", readMemberships, s.memberGroups)
	s.route("POST /users/{user}/getMemberObjects", readMemberships, s.memberGroups)
	s.route("POST /users/{user}/checkMemberGroups", readMemberships, s.checkMemberGroups)

	s.mailRoutes()
	s.driveRoute("GET /users/{user}/drives", readFiles, s.listDrives)
	s.driveRoutes("/drives/{drive}")
	s.driveRoutes("/users/{user}/drive")

	s.route("GET /directory/deletedItems", readDeleted, castMissing)
	s.route("GET /directory/deletedItems/microsoft.graph.user", readDeleted, s.listDeleted)
	s.route("GET /directory/deletedItems/microsoft.graph.user/$count", readDeleted, s.countDeleted)
	s.route("GET /directory/deletedItems/microsoft.graph.group", readDeleted, s.listDeletedOthers)
	s.route("GET /directory/deletedItems/{item}", readDeleted, s.getDeleted)
	s.route("DELETE /directory/deletedItems/{item}", restoreUsers, s.purge)
	s.route("GET /directory/deletedItems/{item}/microsoft.graph.user", readDeleted, s.getDeleted)
	s.route("POST /directory/deletedItems/{item}/restore", restoreUsers, s.restore)
	s.route("GET /directory/subscriptions", readProducts, s.listSubscriptions)
	s.route("GET /directory/subscriptions/{subscription}", readProducts, s.getSubscription)
	s.route("GET /subscribedSkus", readProducts, s.listSkus)
	s.route("GET /subscribedSkus/{sku}", readProducts, s.getSku)

	s.groupRoutes()
	s.roleRoutes()

	s.route("GET /directoryObjects/{object}", readDirectory, s.getObject)
	s.route("GET /directoryObjects/{object}/microsoft.graph.user", readDirectory, s.getObject)
	s.route("GET /directoryObjects/{object}/microsoft.graph.group", readDirectory, s.getObject)
	s.route("GET /organization", readOrganization, s.listOrganizations)
	s.route("GET /organization/{organization}", readOrganization, s.getOrganization)
	s.route("GET /domains", readDomains, s.listDomains)
	s.route("GET /domains/{domain}", readDomains, s.getDomain)
	s.route("GET /admin/sharepoint/settings", readDriveRule, s.driveRule)
	s.route("PATCH /admin/sharepoint/settings", setDriveRule, s.setDriveRule)

	// Words that may stand behind /users in other spellings.
	for _, p := range []string{"GET /me", "GET /drive"} {
		s.words.learn(p)
	}
}

func (s *Server) mailRoutes() {
	const box = "/users/{user}"
	s.route("GET "+box+"/mailboxSettings", readReplies, s.getSettings)
	s.route("PATCH "+box+"/mailboxSettings", writeReplies, s.patchSettings)
	s.route("GET "+box+"/mailboxSettings/automaticRepliesSetting", readReplies, s.getReplies)
	s.route("GET "+box+"/mailboxSettings/userPurpose", readReplies, s.getPurpose)
	s.route("GET "+box+"/mailFolders", readMail, s.listFolders)
	s.route("GET "+box+"/mailFolders/{folder}", readMail, s.getFolder)
	s.route("GET "+box+"/mailFolders/{folder}/childFolders", readMail, s.listFolders)
	s.route("GET "+box+"/mailFolders/{folder}/messages", readMail, s.listMessages)
	s.route("GET "+box+"/mailFolders/{folder}/messages/{message}", readMail, s.getMessage)
	s.route("GET "+box+"/messages", readMail, s.listMessages)
	s.route("GET "+box+"/messages/{message}", readMail, s.getMessage)
	for _, messages := range []string{box + "/messages/$count", box + "/mailFolders/{folder}/messages/$count"} {
		s.route("GET "+messages, readMail, s.countMessages)
	}
	s.route("POST "+box+"/sendMail", sendMail, s.sendMail)
	// Calendars are not part of an embedded organization: R-API-54 and R-API-55
	// are the tenant's.
	for _, p := range []string{
		"GET " + box + "/calendar", "GET " + box + "/calendar/calendarPermissions", "GET " + box + "/calendar/calendarPermissions/{permission}",
		"PATCH " + box + "/calendar/calendarPermissions/{permission}", "DELETE " + box + "/calendar/calendarPermissions/{permission}",
		"GET " + box + "/events", "POST " + box + "/events/{event}/cancel",
	} {
		s.route(p, right{}, notHere("Calendars"))
	}
}

func (s *Server) groupRoutes() {
	s.route("GET /groups", readGroups, s.listGroups)
	s.route("POST /groups", createGroups, s.createGroup)
	s.route("GET /groups/$count", readGroups, s.countGroups)
	s.route("GET /groups/delta", readGroups, notHere("Changes of groups"))
	s.route("GET /groups/{group}", readGroups, s.getGroup)
	s.route("PATCH /groups/{group}", writeGroups, s.patchGroup)
	s.route("DELETE /groups/{group}", writeGroups, s.deleteGroup)
	s.route("POST /groups/{group}/assignLicense", licenseGroups, s.assignGroupLicense)
	for _, relation := range []string{"members", "owners", "transitiveMembers"} {
		path := "/groups/{group}/" + relation
		for _, cast := range []string{"", "/microsoft.graph.user"} {
			s.route("GET "+path+cast, readGroups, s.listMembers)
			s.route("GET "+path+cast+"/$count", readGroups, s.countMembers)
		}
		if relation == "transitiveMembers" {
			continue
		}
		s.route("GET "+path+"/$ref", readGroups, s.memberRefs)
		s.route("POST "+path+"/$ref", writeMembers, s.addMember)
		s.route("DELETE "+path+"/$ref", writeMembers, s.removeMember)
		s.route("DELETE "+path+"/{member}/$ref", writeMembers, s.removeMember) // R-API-72
		s.route("DELETE "+path+"/{member}/microsoft.graph.user/$ref", writeMembers, s.removeMember)
	}
}

func (s *Server) roleRoutes() {
	const management = "/roleManagement/directory"
	s.route("GET /directoryRoles", readRoles, s.listRoles)
	s.route("GET /directoryRoles/{role}", readRoles, s.getRole)
	s.route("GET /directoryRoles/{role}/members", readRoles, s.listHolders)
	s.route("POST /directoryRoles/{role}/members/$ref", writeRoles, s.addHolder)
	s.route("DELETE /directoryRoles/{role}/members/{member}/$ref", writeRoles, s.removeHolder)
	s.route("GET "+management+"/roleAssignments", readRoles, s.listAssignments)
	s.route("POST "+management+"/roleAssignments", writeRoles, s.assignRole)
	s.route("GET "+management+"/roleAssignments/{assignment}", readRoles, s.getAssignment)
	s.route("DELETE "+management+"/roleAssignments/{assignment}", writeRoles, s.removeAssignment)
	s.route("GET "+management+"/roleDefinitions", readRoles, s.listDefinitions)
	s.route("GET "+management+"/roleDefinitions/{role}", readRoles, s.getDefinition)
}

func (s *Server) driveRoutes(drive string) {
	s.driveRoute("GET "+drive, readFiles, s.getDrive)
	for _, item := range []string{"/root", "/items/{item}", "/root/path/{path}", "/items/{item}/path/{path}"} {
		at := drive + item
		s.driveRoute("GET "+at, readFiles, s.getItem)
		s.driveRoute("GET "+at+"/children", readFiles, s.listChildren)
		s.driveRoute("POST "+at+"/children", writeFiles, s.createFolder)
		s.driveRoute("GET "+at+"/content", readFiles, s.download)
		s.driveRoute("PUT "+at+"/content", writeFiles, s.upload)
		s.driveRoute("POST "+at+"/invite", writeFiles, s.invite)
		s.driveRoute("GET "+at+"/permissions", readFiles, s.listPermissions)
		s.driveRoute("GET "+at+"/permissions/{permission}", readFiles, s.getPermission)
		s.driveRoute("DELETE "+at+"/permissions/{permission}", writeFiles, s.removePermission)
	}
}
