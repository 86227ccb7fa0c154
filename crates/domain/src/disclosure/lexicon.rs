//! The closed vocabulary of the guard: which words name a case, a status, a person, a condition and so on, in English and Spanish.
//!
//! Owns words and their grammatical tags only; what follows from them is decided in `status`, `amounts` and
//! `notices`. To add a word, add it to the row of its tag (lower case, no accents; `_` joins the words of a
//! phrase). Typing errors need no rows: long case words are matched within a small edit distance.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A set of grammatical tags, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Tags(u128);

impl Tags {
    pub(super) const NONE: Tags = Tags(0);

    pub(super) const fn bits(self) -> u128 {
        self.0
    }

    pub(super) const fn has(self, any: Tags) -> bool {
        self.0 & any.0 != 0
    }

    pub(super) const fn or(self, other: Tags) -> Tags {
        Tags(self.0 | other.0)
    }

    pub(super) const fn without(self, other: Tags) -> Tags {
        Tags(self.0 & !other.0)
    }
}

macro_rules! tags {
    ($($(#[$note:meta])* $name:ident = $bit:expr;)*) => {
        $($(#[$note])* pub(super) const $name: Tags = Tags(1 << $bit);)*
    };
}

tags! {
    /// The customer: you, usted.
    YOU = 0;
    /// The customer's: your, su.
    YOUR = 1;
    /// A third person: he, her, your son.
    P3 = 2;
    /// A third person's: his, her.
    P3POSS = 3;
    /// A pronoun that stands for the case: it, that, everything.
    IT = 4;
    /// A definite determiner.
    THE = 5;
    /// A determiner that speaks of any, every, some.
    ANY = 6;
    /// Nouns that mean people or cases in general.
    GENERIC = 7;
    /// The agency as the one who acts: we, the worker, the state.
    AGENCY = 8;
    /// Case nouns: application, renewal, claim.
    CASE = 9;
    /// What a customer hands in: paystubs, proof.
    DOC = 10;
    /// Benefits, coverage, allotment.
    BENEFIT = 11;
    /// Programme names.
    PROG = 12;
    /// A card.
    CARD = 13;
    /// A notice or letter.
    NOTICE = 14;
    /// A fact kept on a case that is not a status: household size, county, worker.
    ATTR = 15;
    /// A status of a case: approved, pending, past due.
    STATE = 16;
    /// A status that reveals itself without any other word.
    ALONE = 17;
    /// A step of work: processed, mailed, received.
    STEP = 18;
    /// A finite Spanish verb that states an act in the past: aprobaron, se cerro.
    ESPAST = 19;
    /// A present verb that states a fact about its subject: qualify, owe.
    FACTV = 20;
    /// What a customer did or failed to do: applied, missed.
    DEED = 21;
    /// Verbs that begin or end with a date: expires, starts.
    TERMV = 22;
    BEPRES = 23;
    BEPAST = 24;
    BEFUT = 25;
    HAVE = 26;
    DO = 27;
    MAY = 28;
    SHOULD = 29;
    MUST = 30;
    FUT = 31;
    NEG = 32;
    ADV = 33;
    /// A true condition: if, unless, si.
    IF = 34;
    /// A condition in time: when, once, cuando.
    WHEN = 35;
    CONJ = 36;
    /// Nouns that are never a case: office, line, appointment, message.
    EXEMPT = 37;
    WH = 38;
    /// Speaks of what the customer said.
    REPORT = 39;
    /// Speaks of what the worker sees in the records.
    EVIDENCE = 40;
    /// Defines a word: means, significa.
    MEANS = 41;
    /// Usually, each month.
    HABIT = 42;
    /// Maximum, limit, up to, household of.
    LIMIT = 43;
    /// To get, receive, be paid.
    PAY = 44;
    MONTH = 45;
    DAY = 46;
    UNIT = 47;
    MONEYWORD = 48;
    /// Words around telephone numbers.
    CALL = 49;
    SSNLABEL = 50;
    DCNLABEL = 51;
    PINLABEL = 52;
    DOBLABEL = 53;
    ENDING = 54;
    SAYS = 55;
    SEND = 56;
    /// Verbs of knowing, which presuppose what follows.
    KNOW = 57;
    SUPERVISOR = 58;
    /// An unknown Spanish word in the form of a past tense of others: "autorizaron".
    ESFORM = 59;
    /// Income, rent, wages: amounts that belong to a household.
    MONEYATTR = 60;
    APPT = 61;
    YESNO = 62;
    /// Words that make a "you" sentence a direction: need, can, please.
    STILL = 63;
    /// "If you are wondering": a condition on the talk, not on the case.
    META = 64;
    /// Published sums: fee, replacement.
    FEE = 65;
    /// Words for people of the customer's family.
    KIN = 66;
    /// Missing, waiting for, need.
    LACK = 67;
    BEPROG = 68;
    PREP = 69;
}

/// Words whose tags depend on the language of the text: `(word, English, Spanish)`.
const BY_LANGUAGE: &[(&str, Tags, Tags)] = &[
    ("he", P3, HAVE),
    ("has", HAVE, HAVE),
    ("son", P3.or(KIN), BEPRES),
    ("once", WHEN, Tags::NONE),
    ("no", NEG, NEG),
    ("a", ANY, PREP),
    ("tu", Tags::NONE, YOUR.or(YOU)),
    ("te", Tags::NONE, YOU),
    ("le", Tags::NONE, YOU),
    ("les", Tags::NONE, YOU),
    ("me", Tags::NONE, Tags::NONE),
    ("si", Tags::NONE, IF),
    ("el", Tags::NONE, THE),
    ("esta", Tags::NONE, BEPRES.or(THE)),
    ("este", Tags::NONE, THE),
    ("y", Tags::NONE, CONJ),
    ("e", Tags::NONE, CONJ),
    ("sale", Tags::NONE, EVIDENCE),
    ("use", Tags::NONE, Tags::NONE),
    ("come", Tags::NONE, Tags::NONE),
    ("actual", Tags::NONE, ADV),
    ("pie", Tags::NONE, Tags::NONE),
    ("hay", Tags::NONE, BEPRES),
    ("sin", Tags::NONE, NEG),
    ("ha", Tags::NONE, HAVE),
    ("su", YOUR, YOUR),
    ("sus", YOUR, YOUR),
    ("más", ADV, ADV),
    ("activa", STATE.or(ALONE), STATE.or(ALONE)),
];

const ROWS: &[(Tags, &str)] = &[
    // People.
    (YOU, "you u ya'll yall y'all yourself usted ustedes ud uds ti contigo vos thee"),
    (YOUR, "your ur yr yours tus suyo suya vuestra"),
    (P3, "she him hers himself herself ella ellos ellas el_nino la_nina"),
    (
        P3.or(KIN),
        "daughter sons daughters husband wife spouse mom mother dad father kid kids child children baby brother sister grandson granddaughter grandma grandmother grandpa grandfather nephew niece boyfriend girlfriend roommate hijo hija hijos hijas esposo esposa mama papa madre padre bebe hermano hermana nieto nieta abuela abuelo nino nina ninos sobrino sobrina pareja novio novia family_member household_member boy girl little_one ex niece uncle aunt stepson stepdaughter twins newborn toddler tio tia cunado suegra yerno nuera",
    ),
    (P3POSS, "his her their"),
    (IT, "it this that these those they everything all eso esto todo ello lo la los las ellos"),
    (THE, "the said la el los las esa ese esta esas esos estas estos dicha dicho"),
    (
        ANY,
        "an any every each some most many other another all_the un una unos unas cualquier cualquiera cada algun alguna algunos algunas toda ningun ninguna otro otra muchos muchas",
    ),
    (
        GENERIC,
        "people person persons customer customers client clients household households applicant applicants someone anyone everyone everybody nobody anybody somebody recipient recipients participants individual individuals families family residents missourians seniors students adults applications cases claims_in_general renewals persona personas cliente clientes hogar hogares solicitantes solicitante beneficiario beneficiarios alguien nadie todos women men refugees immigrants veterans voters congress legislature nationwide everyone country votantes mujeres hombres refugiados todo_el_mundo anybody_else most_people quien quienes familias familia solicitudes casos individuo individuos residentes adultos estudiantes",
    ),
    (
        AGENCY,
        "we fsd dss mhd the_state state worker caseworker agency division department eligibility specialist our_team team staff they i nosotros trabajador trabajadora agencia departamento division estado_de_missouri oficina_central especialista processing_center us",
    ),
    // Case words.
    (
        CASE,
        "application applications app apps case cases renewal renewals recertification recert recertifications redetermination reapplication mid-cert midcert mid_certification mid-certification review interview interviews claim claims overpayment overpayments hearing hearings appeal appeals sanction sanctions request requests eligibility certification enrollment registration solicitud solicitudes caso casos renovacion renovaciones recertificacion revision entrevista entrevistas reclamo reclamacion sobrepago sobrepagos audiencia apelacion sancion sanciones elegibilidad aplicacion aplicaciones certificacion tramite expediente case_number change_report reported_change address_change name_change change_of_address cambio_de_direccion cambio_de_nombre peticion inscripcion redeterminacion file paperwork papeleo renewal_form review_form penalty disqualification status estatus estado_de_su_caso",
    ),
    (
        DOC.or(CASE),
        "paystub paystubs stub stubs pay_stubs pay_stub paychecks check_stubs document documents docs doc verification verifications proof proofs evidence papers lease birth_certificate bank_statement bank_statements statement statements income_verification landlord_statement talon talones talones_de_pago documento documentos documentacion verificacion verificaciones comprobante comprobantes prueba pruebas papeles recibos recibo_de_pago recibos_de_pago information_we_requested tax_return id_card id identification w-2 signature firma employer_statement contrato contrato_de_renta tax_forms tax_form declaracion_de_impuestos bank_records proof_of_income contract award_letter",
    ),
    (
        BENEFIT.or(CASE),
        "benefit benefits coverage assistance allotment bens stamps food_stamps food_stamp fs foodstamps cash_assistance child_care childcare daycare subsidy insurance beneficio beneficios estampillas cupones cobertura ayuda asistencia seguro estampillas_de_comida cupones_de_alimentos cuidado_infantil subsidio guarderia issuance payment payments deposit pago pagos deposito prestaciones premium prima cuota ayuda_en_efectivo",
    ),
    (YOUR.or(CASE), "your_form your_forms su_forma su_formulario"),
    (
        PROG.or(CASE),
        "snap medicaid mo_healthnet healthnet mohealthnet ta tanf temporary_assistance chip qmb slmb spend_down spenddown spend-down liheap summer_ebt sun_bucks energy_assistance adult_expansion aeg mhabd medicare_savings wic blind_pension foster_care gateway medical utilicare ccs mc+ mhn",
    ),
    (CARD.or(CASE), "ebt ebt_card card cards tarjeta tarjetas tarjeta_ebt"),
    (MEANS, "nothing_to_do"),
    (
        NOTICE,
        "notice notices letter letters mailing aviso avisos carta cartas notificacion notificaciones mailer denial_letter approval_letter closing_letter adverse_action im-33 ri carta_de_aprobacion carta_de_negacion decision_letter correspondence rfi request_for_information solicitud_de_informacion review_packet renewal_packet paquete_de_renovacion packet paquete",
    ),
    (
        ATTR,
        "household_size certification_period review_date due_date interview_date application_date address_on_file phone_on_file gross_income net_income countable_income case_name authorized_representative health_plan managed_care_plan eligibility_specialist tamano_de_su_hogar fecha_de_renovacion fecha_de_entrevista fecha_de_vencimiento fecha_de_solicitud periodo_de_certificacion mid-cert_date renewal_date cert_period case_worker county_of_record closing_date effective_date start_date end_date fecha_de_cierre approval_date issuance_date deposit_date payment_date",
    ),
    // Statuses.
    (
        STATE.or(ALONE),
        "approved aproved aprvd appvd approvd denied deny'd denyed pending rejected reinstated ineligible sanctioned terminated expired overdue past_due past-due delinquent disqualified pended withdrawn reopened re-opened discontinued inactive under_review in_review aprobado aprobada aprobados aprobadas negado negada negados negadas denegado denegada denegados denegadas rechazado rechazada rechazados rechazadas pendiente pendientes vencido vencida vencidos vencidas suspendido suspendida suspendidos suspendidas sancionado sancionada descalificado descalificada cancelado cancelada_su inactivo inactiva reinstalado reinstalada terminado_su en_revision bajo_revision went_through turned_it_down do_not_go_through gone_through goes_through turned_down kicked_off cut_off cutoff shut_off cut-off shutoff over_income over_the_income_limit over_income_limit over_resources not_eligible ineligable go_through did_not_go_through turned_it_down turned_that_down greenlit green-lit accepted okayed ok'd certified recertified enrolled eligible kicked_out dropped lapsed incomplete in_process in_processing being_processed being_worked being_reviewed in_progress en_proceso en_tramite siendo_procesada siendo_procesado siendo_revisada siendo_revisado elegible elegibles inelegible no_elegible restablecido restablecida reactivado reactivada reactivated restored unapproved dissaproved disapproved vigente vigentes de_baja turned_off turned_on turned_back_on shut_it_off changed_to renewed renovado renovada renovados pass_the_income_test passed_away deceased failure_to failure_to_provide failure_to_cooperate no_showed no_show",
    ),
    (
        STATE,
        "closed close_d open opened active suspended missing completed complete incomplete_ finished done registered assigned unassigned escalated late due set_up current covered cancelled canceled ended stopped reduced increased lowered raised decreased cut changed transferred_to_another missed unprocessed outstanding in_the_queue on_hold held frozen locked deactivated activated verified unverified confirmed_eligible granted ready in_good_standing on_file in_the_system in_our_system in_the_works needs_review up_for_renewal out_of_date up_to_date cerrado cerrada cerrados cerradas abierto abierta activo activos activas falta faltan faltante faltantes completo completa completado completada incompleto incompleta listo lista registrado registrada asignado asignada atrasado atrasada cubierto cubierta terminado terminada cancelada detenido detenida reducido reducida aumentado aumentada en_espera bloqueada desactivada activada archivado archivada al_dia al_corriente inscrito inscrita certificado certificada revisado revisada on_track in_limbo set_to_close scheduled_to_close closing expiring en_manos en_manos_de in_the_hands_of en_espera_de kicked_back stuck parada parado detenida put_a_hold misplaced misfiled perdido perdida perdidos perdidas on_it_is_way on_the_way flagged backlogged at_risk waiting_on_you waiting_for_you lost forgiven established exempt excluded removed added waived dismissed met unmet upheld overturned counted listed signed unsigned attached_to_your_case back_open",
    ),
    (
        STATE,
        "good_to_go all_set a_go no_good a_no a_yes an_approval a_denial thumbs_up thumbs_down green_light granted_ did_not_go_through go_through",
    ),
    (
        STEP,
        "processed reviewed received recieved recived rcvd recd recvd rec'd mailed issued reissued loaded deposited sent paid posted submitted scanned uploaded keyed entered shipped ordered released authorized calculated determined reported worked looked_at picked_up taken_care_of forwarded referred delivered read picked opened_ procesado procesada procesados procesadas recibido recibida recibidos recibidas enviado enviada enviados enviadas emitido emitida depositado depositada depositados depositadas pagado pagada cargado cargada entregado entregada subido subida calculado calculada autorizado autorizada mandado mandada mailed_out sent_out recibo gotten cleared credited garnished intercepted recouped recovered voided replaced withheld merged linked updated actualizado actualizada",
    ),
    (
        ESPAST,
        "agregamos agrego agregaron actualice se_deposito se_le_deposito pidio pidieron abrieron abrio usaron pusieron aprobaron aprobo aprobamos aprobe negaron nego negamos negue denegaron denego denegamos rechazaron rechazo rechazamos cerraron cerro cerramos cerre suspendieron suspendio suspendimos cancelaron cancelo cancelamos quitaron quito quitamos cortaron corto cortamos recibimos recibieron recibi procesaron proceso_su procesamos revisamos revisaron depositaron deposito_su depositamos emitieron emitio pagaron pago_su sacaron saco dieron reactivaron reactivo reabrieron reabrio redujeron redujo bajaron subieron aumentaron terminaron vencio vencieron expiro caduco se_vencio se_le_vencio se_perdio sancionaron sanciono descalificaron quedo quedaron salio salieron pasaron paso_su registraron asignaron inscribieron reinstalaron restablecieron perdieron llego llegaron falto faltaron mandamos enviamos mandaron enviaron se_envio se_mando enviaron emitimos actualizaron dieron_de_baja dio_de_baja dimos_de_baja aceptaron acepto",
    ),
    (
        FACTV,
        "qualify qualifies qualified qualifed quallify owe owes owed exceed exceeds califica calificas calificaste califico califican calificaron calificamos debe_al debe_dinero adeuda excede gana_demasiado make_too_much makes_too_much earn_too_much earns_too_much earn_too_little make_too_little made_too_much over_the_limit over_the_income over_the_asset_limit over_the_resource_limit did_not_qualify meet_the_income_limit cumple_con_los_requisitos no_cumple sobrepasa se_pasa se_paso above_the_limit above_the_income_limit pasan_del_limite pasa_del_limite por_encima_del_limite por_debajo_del_limite gana_mas gana_mucho ganan_mucho ganan_mas gana_demasiado failed_to lost_eligibility lose_eligibility",
    ),
    (
        DEED,
        "applied missed turned_in submitted completed signed returned failed showed_up show_up withdrew attended renewed reapplied interviewed no-showed reported uploaded forgot skipped sent_in dropped_off mailed_in provided gave used_up spent perdio falto_a presento entrego aplico solicito firmo renovo completo_su envio mando reporto olvido faxed answered have_not_turned complete turn_in submit return send_in provide sign",
    ),
    (
        TERMV,
        "starts start started begins begin began ends end expires expire expired_on runs_out run_out ran_out renews closes close stops stop lapses continues continue empieza empiezan comienza comienzan termina terminan cancela cancelan se_cancela vence vencen expira expiran caduca se_acaba cierra se_cierra comenzo empezo cerrara vencera terminara acabara cierran",
    ),
    // Verbs that carry tense.
    (
        BEPRES,
        "is are am r isn't being be remains remain stays stay shows_as reads says_approved es estan sigue siguen sigues aparece aparecen consta estas eres soy somos estamos continua siguen_estando esta_siendo",
    ),
    (
        BEPAST,
        "was were wuz been got gotten came_back became went fue fueron estaba estaban era ha_sido han_sido habia_sido fuiste estuvo resulto resultaron quedo quedado sido salieron came comes_back come_back ended_up",
    ),
    (BEFUT, "sera seran estara estaran quedara"),
    (HAVE, "have had having hv hemos han habia haya tiene tienes tenemos tienen ten tenia"),
    (DO, "do does did"),
    (
        MAY,
        "may might can could would maybe_ puede pueden puedes podria podrian podra podran tal_vez quizas quiza",
    ),
    (SHOULD, "should supposed debio debieron ought deberia deberian debiera"),
    (
        MUST,
        "must need needs has_to have_to had_to shall needed require requires required debe deben debes tiene_que tienes_que tienen_que necesita necesitas necesitan hay_que",
    ),
    (FUT, "will going_to wont gonna about_to va van vas ira shall_be set_to scheduled_to voy vamos"),
    (NEG, "not never none nope cannot ni nunca jamas tampoco todavia_no aun_no aint ain't nothing"),
    (
        ADV,
        "also just already still now currently officially finally recently actually really yet today yesterday then previously initially automatically fully ya todavia aun ahora actualmente hoy ayer recien recientemente finalmente oficialmente tambien solo otra_vez de_nuevo most_likely more_than_likely sadly unfortunately lamentablemente desafortunadamente definitely been_already apparently evidently likely probably aparentemente probablemente seguramente both only even ever since soon again early now_ all_ so_ very muy bien",
    ),
    (STILL, "still yet already todavia aun ya"),
    (
        IF,
        "if unless whether should_you in_case provided_that assuming a_menos_que en_caso_de en_caso_de_que siempre_que siempre_y_cuando depends depending depende or_not o_no assuming_that as_long_as even_if lest otherwise",
    ),
    (
        WHEN,
        "when whenever until till after before as_soon_as while upon by_the_time next_time anytime any_time cuando hasta hasta_que despues_de despues_de_que antes_de antes_de_que una_vez una_vez_que en_cuanto tan_pronto_como mientras al_momento_de luego_de the_day how_long",
    ),
    (
        CONJ,
        "and but so because however then although though since or cuz cause therefore which pero porque pues aunque asi_que ademas sin_embargo o entonces por_eso ya_que and_then",
    ),
    (
        EXEMPT,
        "office offices center centers line lines queue phone phones portal website site web system_down link links message messages text texts chat question questions call calls lobby store stores hotline number you_have_been_on_hold numbers survey fee law laws rule rules ley reglas legislature program programs programa picture pictures foto fotos image screenshot access acceso cantidades amounts internet address addresses video photo hours holiday option options concern oficina oficinas centro centros linea lineas telefono portal_web sitio pagina enlace mensaje mensajes texto pregunta preguntas llamada llamadas numero horario opcion duda horas tienda tiendas form forms formulario formularios instructions instrucciones email correo_electronico building kiosk account_on password app_store map location feedback reply response respuesta inquiry information_line tickets email_address mailbox resource_center service_center",
    ),
    (
        APPT.or(EXEMPT),
        "appointment appointments appt appts cita citas time_slot slot visit visita confirmation reservation reserved booked",
    ),
    (
        WH,
        "what why how who where which_one que como por_que donde cual cuanto cuantos quien_ cuales how_much whose",
    ),
    (
        REPORT,
        "you_said you_told you_mentioned you_say you_wrote you_stated you_are_saying you_indicated you_told_me told_me as_you_said mentioned_that sorry_to_hear disculpe_que perdon_que sorry_that sorry_your sorry_you said_that thanks_for_letting thank_you_for_letting letting_me_know let_me_know_that let_us_know_that letting_us_know usted_dijo usted_menciono me_dijo me_dice menciono_que menciono mencionas comenta usted_dice dices_que siento_que lamento_que lamento_escuchar lamento_saber gracias_por_avisar me_informa usted_indico i_understand_that i_understand_you i_understand_your i_understand i_hear understand_that you_asked you_are_asking entiendo_que entiendo comprendo_que you_feel you_believe you_think to_hear_that to_hear me_cuenta you_shared frustrating frustrante i_hope hopefully espero_que ojala i_wish hope_it hope_that hope_you",
    ),
    (
        EVIDENCE,
        "i_see i_show i_am_seeing i_am_showing it_shows it_says system_shows system_says screen_shows records_show record_shows our_records looks_like looks_to_be seems_to_be appears_to_be looking_at according_to i_have_you i_found i_find we_show we_see we_have_you showing we_found i_looked i_checked i_pulled on_file in_the_system on_record on_my_screen my_screen my_end our_end en_el_sistema en_sistema en_nuestro_sistema nuestros_registros segun veo aparece me_aparece me_sale consta encuentro encontre no_record file_shows notes_show notes_say they_show i_am_looking en_pantalla registros i_can_see i_do_see sistema_dice sistema_muestra sistema_indica per_the per_your per_our segun_las notas_dicen nota_dice aqui_dice aca_veo vi_que el_sistema on_my_side from_what_i_can_see al_parecer see_that i_notice shows_that se_ve parece",
    ),
    (
        MEANS,
        "means mean meaning stands_for refers_to significa quiere_decir se_refiere_a defined definition example ejemplo examples e.g por_ejemplo for_example in_general en_general generally_speaking",
    ),
    (
        HABIT,
        "usually generally typically normally always often sometimes every each monthly_ regularly normalmente generalmente usualmente siempre a_veces cada por_lo_general tipicamente in_most_cases most_of_the_time commonly most",
    ),
    (
        LIMIT,
        "maximum max minimum limit limits up_to no_more_than at_least less_than more_than under over_ below above standard between household_of family_of one_person part_b parte_b per_eligible two_people size_of people_in hogar_de familia_de maximo maxima minimo minima limite limites hasta_un hasta hasta_de menos_de mas_de entre personas poverty_level average promedio range rango at_most exceeds_the threshold maximums maximos maximas per_person por_persona per_child por_nino per_household por_hogar guideline guidelines deduction deductions deduccion allowed allowance estandar resource asset depending depends depende ranges varies varia tope no_mas_de additional_person household_size_of starts_at start_at each_additional",
    ),
    (
        PAY,
        "get gets getting got receive receives receiving received recieve recieved recives paid pay pays deposited deposit loaded issued issue issues awarded award granted approved due owed owe owes balance allotment amount total left remaining available budgeted come_in coming be_on hit show_up recibia daban dio tenia recibir recibira recibe recibio recibiras recibes recibiendo obtendra depositaron depositado depositara depositaran depositar depositados darle dieron toca tocan saldo monto cantidad corresponde corresponden quedan queda debe pagaron pagar pagado llegara llegaran cargado cargaron aprobaron prorated prorratearon cayo cayeron down_for take takes taken took quitan regresar devolver bajaron subieron quitaron aumentaron descontaron descuentan tendra post posts posting sending went_up went_down goes_down go_down going_down goes_up increased decreased drop dropped reduced cut raised bajo subio aumento add added spend_down overpaid sobrepago restante disponible dar descuentan cobrar cobra cobrara daran dan otorgaron emitieron premium copay owes_us garnish put posted spent gastado has_left",
    ),
    (
        MONTH,
        "january february march april june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre may_",
    ),
    (
        DAY,
        "monday tuesday wednesday thursday friday saturday sunday today tomorrow tonight yesterday lunes martes miercoles jueves viernes sabado domingo hoy manana ayer this_week next_week last_week next_month this_month last_month esta_semana proxima_semana la_semana_pasada este_mes proximo_mes mes_pasado el_mes_que_viene end_of_the_month fin_de_mes mon tue tues wed thu thurs fri month_end this_morning this_afternoon anoche",
    ),
    (
        UNIT,
        "days day weeks week months month years year hours hour minutes minute business calendar dias dia semanas semana meses mes anos ano horas hora minutos minuto habiles people persons members miembros kids children ninos percent por_ciento times veces pages copies numeros numbers pounds miles meals digits digitos items step steps page section articulo stores",
    ),
    (MONEYWORD, "dollars dollar bucks buck usd dolares dolar dlls dls cents centavos dlrs dollers bux"),
    (
        CALL,
        "call phone tel telephone text txt fax dial number hotline line callback ring reach contact at toll-free llame llamar llama marque marcar telefono numero fax_number linea contacte comuniquese tollfree ph cell # textee",
    ),
    (
        SSNLABEL,
        "ssn ssns social social_security seguro_social numero_de_seguro ss# soc ss sosh ss_number soc_sec",
    ),
    (
        DCNLABEL,
        "dcn dcn# dcns departmental_client client_number client_id case_number case_# case# case_no casenumber case_id numero_de_caso numero_de_cliente no_de_caso medicaid_number medicaid_id mo_healthnet_number participant_number mo_healthnet_id id_number claim_number dcn_number medicaid_#",
    ),
    (PINLABEL, "pin pins cvv cvc security_code nip clave codigo_de_seguridad pin_number"),
    (
        DOBLABEL,
        "dob d.o.b bdate bday birth birthdate birthday bday b-day born date_of_birth nacimiento fecha_de_nacimiento nacio naciste nacido nacida cumpleanos fdn d_o_b cumple f_de_n",
    ),
    (
        ENDING,
        "ending ends end_in last_four last_4 last_five final_four termina terminada terminado terminan ultimos ultimos_cuatro ultimos_4 acaba termine",
    ),
    (
        SAYS,
        "says say said states stated tells told dated explains explained shows shown mentions reads dice decia indica explica decia_que fechada fechado informa asked_you_for pedia pide piden informing notifying notificando informando about sobre asks asked",
    ),
    (
        SEND,
        "sent mailed emailed send mailing went_out issued generated enviamos mandamos envio enviaron mandaron mande envie enviado mandado enviada mandada enviado_ mailed_out sent_out gave wrote llego dropped_in_the_mail put_in_the_mail out_to_you on_its_way shipped en_camino salio posted mandamos se_envio se_mando enviamos",
    ),
    (
        KNOW,
        "know knew aware realize realized notice_that noticed hear heard sabe sabia sabias entero enterado told_you remember remembered see seen understand",
    ),
    (
        MONEYATTR,
        "income wages rent salary pay earnings ingreso ingresos sueldo salario renta alquiler paycheck share share_of_cost parte child_support copay premium resources assets bank_account savings unearned gross net copago prima shelter utility",
    ),
    (
        YESNO,
        "yes yeah yep yup yea correct affirmative sure si_ claro correcto afirmativo congrats congratulations felicidades felicitaciones good_news bad_news great_news buenas_noticias malas_noticias hooray",
    ),
    (
        META,
        "wondering curious asking you_want_to_know want_to_know need_to_know must_know it_helps that_helps you_ask you_asked helps pregunta_por quiere_saber quieres_saber le_sirve le_interesa you_care interested_to_know you_were_asking",
    ),
    (FEE, "fee fees cost costs replacement_fee tarifa reemplazo costo cuesta charge charges value worth"),
    (
        LACK,
        "missing waiting_on waiting_for awaiting needs need needing lacking require lack short falta faltan esperando necesitamos hace_falta hacen_falta en_espera_de requires still_need want wants wanted_your asked_you_for asked_for quieren asking_for pidiendo only_thing_left only_thing_missing only_thing thing_left all_you_have_left lo_unico last_piece last_thing lo_ultimo left_is pedimos solicitamos requested asked_for",
    ),
    (BEPROG, "being siendo"),
    (PREP, "of for on to from in with by about under at de del para por en con sobre al desde"),
    (
        SUPERVISOR,
        "supervisor supervisors supervisora supervisores supervisoras manager managers lead gerente encargado encargada jefe jefa boss superior jefes higher-up supervisior superviser superviso supervisr sup",
    ),
];

/// Common words that lie within typing distance of a status and must not be taken for one, and other plain words
/// that are known, so that the search for typing errors leaves them alone.
const PLAIN: &str = "looked looking looks cooked hooked booked liked linked blocked clocked parked marked asked stated rated dated waited posted hosted costed tested listened passed parsed caused paused raised praised placed planned pleased released relief behind began belong below became \
    coded faded loaded handed landed minded needed ended mended tended bonded leaned cleaned claimed named tamed framed formed farmed armed \
    ordered offered suffered differed deferred referral preferred prepared repaired appeared appealed \
    approve approves approving approval approvals deny denies denying denial denials close closet closest closely closing clothes closer \
    open opens opening opener pend activate activity actively action actions activities reject rejects process processes processing procesa procesar procesan \
    completely completing completes register registers assign reviews reviewing receive receives reserve deserve review received issue issues mail mails send sends sender senders \
    print prints point points paint printed pointed decision decisions deciding decide decided decides expedite expedited expediting service services \
    customer's household's missouri county counties general policy policies program programs programme income incomes expense expenses \
    apply applies applying applicable apple supply supplies reply replies comply simply multiply \
    change changes charge charged chance report reports reporting reported renew renews renewing renewed \
    please thanks thank hello goodbye great welcome happy help helping helped wait waits waiting moment minutes \
    direct direction directions correct correctly connect connected connection contract contact contacts contacted \
    denim tending sending spending lending mending bending ending vending depending handing landing standing finding binding heading \
    collected collect collection mission session forma formas firme petition nothing_to_do comparta comparte compartir llega llegan llegar procesara aprobara version listed posted located location locations local \
    eligibly illegible elegir eligiendo pendiente depende dependiendo aprobar aprueba aprueban aprobacion negar niega negacion cerrar cierre abrir abre \
    activo recibir reciba reciban reciben recibira revise revisar revisa enviar envia envie envian mandar manda completar complete completan \
    cancel cancels canceling cancelling cancelar cancele renovar renueve renueva reportar reporte informe informacion informar \
    decide decidir decision procesamiento procesos mailing calling closed-captioned covered cover covers coverage covering \
    stopped stepped shopped dropped stopping shipping stamps stumps sample simple simply example \
    active native captive activist motive office officer official offices offers offer offered \
    terminal termination terminate terminates terminos determination determine determines determina expire expires expiration \
    expected accepted accepts except excepted excellent exempted exempt experience experienced \
    reinstate reinstatement suspend suspends suspension suspense eligibility ineligibility sanction sanctioning \
    earned earning earnings opened ready already read reads leads lead load loads road \
    missed kissed mixed listed issued used asked based passed pasted wasted tested rested nested \
    need needed seed feed food good goods mood wood books looks cooks works words worlds worker workers \
    reason reasons season person persons lesson verify verifies verifying identity identities identified \
    required requirement requirements requires requiring requested requests requesting include includes included including \
    provide provides providing provider providers resident residents residency resource resources household households \
    automatic automatically automated electronic electronically online mobile apartment department departments statement \
    language interpreter spanish english espanol ingles interprete idioma gracias favor bienvenido ayudar ayudarle \
    visit visits visited visiting written writing wrote write signed signs signing designed assigned resigned \
    cards guards yards boards hours yours ours tours months mouths \
    medical medicare medicine medicines doctor doctors pharmacy hospital premium premiums \
    children childhood school schools summer winter spring student students work works working worked \
    dollar collar amount amounts account accounts count counts counting balance balances total totals";

/// Everything known about one word.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    pub(super) both: Tags,
    pub(super) english: Tags,
    pub(super) spanish: Tags,
}

/// The dictionary, built once.
pub(super) struct Lexicon {
    words: HashMap<&'static str, Entry>,
    /// Words that a typing error may stand for, by first letter.
    targets: HashMap<char, Vec<&'static str>>,
    /// The longest phrase, in words.
    pub(super) longest: usize,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::build);

/// The dictionary.
pub(super) fn lexicon() -> &'static Lexicon {
    &LEXICON
}

impl Lexicon {
    fn build() -> Self {
        let mut words: HashMap<&'static str, Entry> = HashMap::new();
        let mut targets: HashMap<char, Vec<&'static str>> = HashMap::new();
        let mut longest = 1;
        for (tags, row) in ROWS {
            for word in row.split_ascii_whitespace() {
                let entry = words.entry(word).or_default();
                let new = !entry.both.has(TYPO_TARGETS);
                entry.both = entry.both.or(*tags);
                longest = longest.max(word.split('_').count());
                if new
                    && tags.has(TYPO_TARGETS)
                    && word.len() >= 5
                    && word.chars().all(|c| c.is_ascii_lowercase())
                {
                    targets.entry(word.chars().next().unwrap_or(' ')).or_default().push(word);
                }
            }
        }
        for (word, english, spanish) in BY_LANGUAGE {
            let entry = words.entry(word).or_default();
            *entry = Entry { both: Tags::NONE, english: *english, spanish: *spanish };
        }
        for word in PLAIN.split_ascii_whitespace() {
            words.entry(word).or_default();
        }
        Lexicon { words, targets, longest }
    }

    /// What is known about a word or a `_`-joined phrase.
    pub(super) fn get(&self, word: &str) -> Option<Entry> {
        self.words.get(word).copied()
    }

    /// The case word that `word` is most likely a typing error for.
    pub(super) fn typo_of(&self, word: &str) -> Option<&'static str> {
        let length = word.chars().count();
        if !(5..=18).contains(&length) {
            return None;
        }
        let allowed = if length >= 9 { 2 } else { 1 };
        let shape = letter_set(word);
        let first = word.chars().next()?;
        self.targets.get(&first)?.iter().copied().find(|target| {
            target.len().abs_diff(length) <= allowed
                && (letter_set(target) ^ shape).count_ones() as usize <= 2 * allowed
                && same_ending(word, target)
                && distance(word, target) <= allowed
        })
    }
}

/// Words worth finding behind a typing error.
const TYPO_TARGETS: Tags = STATE.or(STEP).or(CASE).or(SUPERVISOR);

/// Endings carry the grammar ("procesada" is done, "procesara" is to come), so they must agree.
fn same_ending(word: &str, target: &str) -> bool {
    let latin = target.ends_with(['a', 'o']) || target.ends_with("as") || target.ends_with("os");
    if latin && target.len() < 7 {
        return false;
    }
    let tail =
        if target.ends_with(['a', 'o']) || target.ends_with("as") || target.ends_with("os") { 2 } else { 1 };
    word.chars().rev().take(tail).eq(target.chars().rev().take(tail))
}

fn letter_set(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |set, byte| set | 1 << (byte - b'a'))
}

/// Edit distance with neighbouring letters swapped counted as one.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in right.iter().enumerate() {
            let cell = |line: &[usize], at: usize| line.get(at).copied().unwrap_or(usize::MAX / 2);
            let mut best = (cell(&previous, j) + usize::from(a != b))
                .min(cell(&previous, j + 1) + 1)
                .min(cell(&row, j) + 1);
            let swapped = i > 0 && j > 0 && left.get(i - 1) == Some(b) && right.get(j - 1) == Some(a);
            if swapped {
                best = best.min(cell(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous.last().copied().unwrap_or(usize::MAX)
}
