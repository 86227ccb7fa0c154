//! Who may do what: one table, tested as a matrix of every route times every role.
//!
//! To add a permission: a variant here and a row in [`Permission::roles`]. Routes name the permission they need; a
//! route without one does not compile.

use serde::{Deserialize, Serialize};

/// Roles of staff members. A person may hold several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Answers customers (the documents' BPT).
    Technician,
    /// Sees the floor, takes transfers.
    Supervisor,
    /// Program coordinator.
    Coordinator,
    /// Call-centre manager.
    Manager,
    /// Policy and content editor.
    Editor,
    /// Operator of the program.
    Admin,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 6] =
        [Self::Technician, Self::Supervisor, Self::Coordinator, Self::Manager, Self::Editor, Self::Admin];

    /// Word on screens and in settings.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Technician => "technician",
            Self::Supervisor => "supervisor",
            Self::Coordinator => "coordinator",
            Self::Manager => "manager",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// Something a route lets a person do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Handle interactions at the desk.
    Desk,
    /// Watch queues, people and open interactions, and read along.
    Floor,
    /// Move interactions between people and queues from the floor.
    FloorAct,
    /// See administered settings.
    AdminRead,
    /// Change people and skills.
    People,
    /// Change queues, hours, codes and procedure settings.
    Settings,
    /// Write and approve canned responses.
    Content,
    /// Carriers, dead letters, effects.
    Operate,
    /// Read the audit log.
    Audit,
    /// Use the handset (demo data only).
    Handset,
    /// Read the knowledge base.
    Knowledge,
    /// Write drafts of pages and memos.
    KnowledgeWrite,
    /// Publish what somebody else wrote, and take editions back.
    KnowledgeApprove,
    /// See who has read which memo.
    KnowledgeReaders,
    /// Book, move and cancel visits, and see why somebody comes and who comes along.
    Appointments,
    /// The office's day: check-in, walk-ins, who did not come, who came along.
    AppointmentsOffice,
    /// Offices, kinds of visits, rules, closures and calendar feeds.
    AppointmentsAdmin,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 17] = [
        Self::Desk,
        Self::Floor,
        Self::FloorAct,
        Self::AdminRead,
        Self::People,
        Self::Settings,
        Self::Content,
        Self::Operate,
        Self::Audit,
        Self::Handset,
        Self::Knowledge,
        Self::KnowledgeWrite,
        Self::KnowledgeApprove,
        Self::KnowledgeReaders,
        Self::Appointments,
        Self::AppointmentsOffice,
        Self::AppointmentsAdmin,
    ];

    /// The roles that have it.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::Desk => &[Role::Technician, Role::Supervisor],
            Self::Floor => &[Role::Supervisor, Role::Coordinator, Role::Manager],
            Self::FloorAct => &[Role::Supervisor, Role::Manager],
            Self::AdminRead => {
                &[Role::Supervisor, Role::Coordinator, Role::Manager, Role::Editor, Role::Admin]
            }
            // SMS-GEN-3: a supervisor can withdraw a skill.
            Self::People => &[Role::Supervisor, Role::Manager, Role::Admin],
            Self::Settings => &[Role::Manager, Role::Admin],
            Self::Content => &[Role::Editor, Role::Manager],
            Self::Operate => &[Role::Admin],
            Self::Audit => &[Role::Manager, Role::Admin],
            Self::Handset | Self::Knowledge => &Role::ALL,
            Self::KnowledgeWrite => &[Role::Editor, Role::Coordinator, Role::Manager],
            Self::KnowledgeApprove => &[Role::Editor, Role::Manager],
            Self::KnowledgeReaders => &[Role::Supervisor, Role::Coordinator, Role::Manager, Role::Editor],
            Self::Appointments => &[Role::Technician, Role::Supervisor, Role::Coordinator, Role::Manager],
            Self::AppointmentsOffice => &[Role::Technician, Role::Supervisor, Role::Manager],
            Self::AppointmentsAdmin => &[Role::Manager, Role::Admin],
        }
    }

    /// Whether someone with these roles has it.
    #[must_use]
    pub fn allows(self, roles: &[Role]) -> bool {
        roles.iter().any(|role| self.roles().contains(role))
    }
}
