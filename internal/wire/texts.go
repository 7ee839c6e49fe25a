package wire

import (
	"fmt"
	"net/http"
	"strings"

	"leaver/internal/org"
)

// texts are the refusals for which clients match the words, by Reason. R-API-05
var texts = map[string]func(x *org.Refusal) *Fault{
	"user.notFound":    missing("user"),
	"user.notDeleted":  missing("user"),
	"user.purging":     missing("user"),
	"user.purged":      missing("user"),
	"deleted.notFound": missing("user"),
	"group.notFound":   missing("group"),
	"group.notMember":  missing("user"),
	"role.notHeld":     missing("user"),

	"actor.noRole":    denied,
	"actor.notAdmin":  denied,
	"user.outranks":   denied,
	"user.roleGroup":  denied,
	"actor.noScope":   denied,
	"content.foreign": denied,

	"user.upnTaken":        taken("userPrincipalName"),
	"restore.upnTaken":     taken("userPrincipalName"),
	"restore.nameOfGroup":  taken("userPrincipalName"),
	"restore.addressTaken": taken("proxyAddresses"),
	"address.taken":        taken("proxyAddresses"),
	"address.reserved":     taken("proxyAddresses"),

	"user.mastered": says("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."),
	"group.synced":  says("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."),
	"user.synced":   says("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration."),

	"license.usageLocation":  says("License assignment cannot be done for user with invalid usage location."),
	"license.noSeats":        says("Subscription with SKU {sku} does not have any available licenses."),
	"license.exclusive":      says("License assignment failed because service plans {a}, {b} are mutually exclusive."),
	"license.depends":        says("License assignment failed because service plan {a} depends on the service plan(s) {needs}."),
	"license.companyOnly":    says("License {sku} cannot be assigned to a user."),
	"license.unknownProduct": says("License {sku} does not correspond to a valid company License."),
	"license.notHeld":        says("User does not have a corresponding license."),
	"license.inherited":      says("User license is inherited from a group membership and it cannot be removed directly from the user."),

	"group.kind":          says("The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set."),
	"group.tooLong":       badValue("Group"),
	"group.badText":       badValue("Group"),
	"group.badNickname":   badValue("Group"),
	"group.noDisplayName": says("A value is required for property 'displayName' of resource 'Group'."),
	"group.addressTaken":  taken("mailNickname"),
	"group.alreadyMember": says("One or more added object references already exist for the following modified properties: 'members'."),
	"user.foreignDomain":  says("The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization."),
	"user.badUPN":         says("Property userPrincipalName is invalid."),
	"user.noDisplayName":  says("A value is required for property 'displayName' of resource 'User'."),
	"user.tooLong":        badValue("User"),
	"user.badText":        badValue("User"),
	"user.usageLocation":  badValue("User"),
	"user.badNickname":    badValue("User"),
	"user.badLanguage":    badValue("User"),
	"user.password":       says("The specified password does not comply with password complexity requirements. Please provide a different password."),

	"mailbox.none": func(*org.Refusal) *Fault { // O-09
		return &Fault{
			Status: http.StatusNotFound, Code: "MailboxNotEnabledForRESTAPI",
			Message: "The mailbox is either inactive, soft-deleted, or is hosted on-premise.",
		}
	},
}

// NotThere is the answer for something that does not exist. R-API-05
func NotThere(id string) *Fault {
	return &Fault{
		Status: http.StatusNotFound, Code: "Request_ResourceNotFound",
		Message: fmt.Sprintf("Resource '%s' does not exist or one of its queried reference-property objects are not present.", id),
	}
}

// missing says that what an argument names is not there.
func missing(arg string) func(x *org.Refusal) *Fault {
	return func(x *org.Refusal) *Fault { return NotThere(idOf(x.Args.Get(arg))) }
}

func idOf(v any) string {
	switch v := v.(type) {
	case org.Ref:
		return v.ID
	case string:
		return v
	}
	return ""
}

func denied(*org.Refusal) *Fault {
	return &Fault{Status: http.StatusForbidden, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."}
}

// taken says that another object has the value. R-API-03
func taken(property string) func(x *org.Refusal) *Fault {
	message := "Another object with the same value for property " + property + " already exists."
	return func(*org.Refusal) *Fault {
		return &Fault{
			Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: message,
			Details: []Detail{{Target: property, Code: "ObjectConflict", Message: message}},
		}
	}
}

// says answers 400 with a text into which the arguments are filled.
func says(text string) func(x *org.Refusal) *Fault {
	return func(x *org.Refusal) *Fault {
		message := text
		for _, a := range x.Args {
			message = strings.ReplaceAll(message, "{"+a.Name+"}", words(a.Value))
		}
		f := BadRequest("Request_BadRequest", message)
		if x.Target != "" {
			f.Details = []Detail{{Target: x.Target, Code: "InvalidValue", Message: message}}
		}
		return f
	}
}

func words(v any) string {
	if list, ok := v.([]string); ok {
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(v)
}

func badValue(resource string) func(x *org.Refusal) *Fault {
	return func(x *org.Refusal) *Fault { return BadValue(x.Target, resource) }
}

// BadValue is the answer for a property whose value can't be.
func BadValue(property, resource string) *Fault {
	message := fmt.Sprintf("Invalid value specified for property '%s' of resource '%s'.", property, resource)
	return &Fault{
		Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: message,
		Details: []Detail{{Target: property, Code: "InvalidValue", Message: message}},
	}
}
